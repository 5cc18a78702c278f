// The intervals of a timeline as a table.

/** All intervals of the timeline as a table, which is created when it is opened. */
function timelineTable(video, seek) {
  const body = h('div');
  const create = () => {
    const rows = timelineGroups(video).flatMap((group) => [
      ...group.tracks.map((track) => ({ ...track, person: group.person, kind: presenceText(track) })),
      ...group.gestures.map((gesture) => ({ ...gesture, kind: `gesture, ${HANDS[gesture.hand]} hand` })),
    ]);
    rows.sort((a, b) => a.start - b.start);
    rows.forEach((row, index) => { row.index = index; });
    const state = { sort: 'start', down: false };
    const show = () => body.replaceChildren(sortableTable({
      caption: `People on screen and gestures in ${video.id}`, rows, state, onsort: show, noun: 'rows',
      columns: [
        { key: 'start', title: 'start', number: true, of: (row) => row.start, cell: (row) => h('button', { type: 'button', class: 'link', onclick: () => seek(row.start) }, formatClock(row.start - video.zero)) },
        { key: 'length', title: 'duration', number: true, of: (row) => row.end - row.start, cell: (row) => formatDuration(row.end - row.start) },
        { key: 'who', title: 'person', of: (row) => (row.person ? names.label(row.person) : ''), cell: (row) => (row.person ? personLink(row.person) : 'no face found') },
        { key: 'what', title: 'event', of: (row) => row.kind, cell: (row) => row.kind },
        corpus.similar && { key: 'like', title: 'similar', cell: (row) => (row.gesture === undefined ? '' : likeLink(video, row.gesture)) },
        { key: 'start_s', title: 'time_s in the tables', number: true, of: (row) => row.start, cell: (row) => (row.start / 1000).toFixed(3) },
      ].filter(Boolean),
    }));
    show();
  };
  const details = h('details', { class: 'card' }, h('summary', {}, 'Timeline as a table'), body);
  details.addEventListener('toggle', () => { if (details.open && !body.firstChild) create(); });
  return details;
}
