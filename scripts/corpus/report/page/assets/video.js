// The view of one video: its player, and a timeline of shots, people on screen, movement and gestures.

const ZOOMS = [1, 2, 4, 8, 16, 32, 64];

const isNarrow = () => window.innerWidth < 700;

/** Tracks, speed curves and gestures of each person in a video; last, the gestures of bodies without a face. */
function timelineGroups(video) {
  const details = detailsOf(video);
  const gestures = details.gestures.start.map((start, row) => ({
    gesture: details.gestures.gesture[row], start, end: details.gestures.end[row], hand: details.gestures.hand[row], notes: details.gestures.notes[row],
    peak: details.gestures.peak[row] === null ? null : details.gestures.peak[row] / 100,
    person: details.gestures.cluster[row] < 0 ? null : clusters[details.gestures.cluster[row]].person,
  }));
  const groups = video.people.map((person) => ({
    person,
    tracks: tracksOf(video, person),
    curves: details.curves.filter((curve) => clusters[curve.cluster].person === person),
    gestures: gestures.filter((gesture) => gesture.person === person),
  }));
  const withoutFace = gestures.filter((gesture) => !gesture.person);
  if (withoutFace.length) groups.push({ person: null, tracks: [], curves: [], gestures: withoutFace });
  return groups;
}

/** Call `seek` with the time at the mouse when `element`, which spans the video, is clicked. */
function seekOnClick(element, video, seek) {
  element.addEventListener('click', (event) => {
    const box = element.getBoundingClientRect();
    seek(video.start + ((event.clientX - box.left) / box.width) * video.length);
  });
}

function timelineRow(label, content) {
  return h('div', { class: 'row' }, h('div', { class: 'row-name' }, label), h('div', { class: 'row-time' }, content));
}

/** The speed curves of one person. */
function curveBox(video, { name, colour, curves, maxSpeed, seek }) {
  const picture = movementPicture(curves, maxSpeed, detailsOf(video).bin, video.length);
  const fastest = Math.max(...maxSpeedOf(curves)) / 100;
  const box = h('div', { class: 'curve', role: 'img', style: { '--person': colour }, 'aria-label': `Hand speed of ${name}: maximum ${fastest.toFixed(1)} shoulder widths per second` }, picture);
  seekOnClick(box, video, seek);
  return box;
}

/** The timeline row of one person, or of all bodies without a face. */
function personRow(video, group, { maxSpeed, seek }) {
  const { person, tracks: personTracks, curves, gestures } = group;
  const name = person ? names.label(person) : 'No face found';
  const colour = colourOf(person);
  const laneOptions = { from: video.start, length: video.length, onpick: seek, colour };
  const content = [];
  if (personTracks.length) content.push(lane({ ...laneOptions, items: personTracks.map((track) => trackItem(video, track)), label: `${name} on screen`, kind: 'presence' }));
  if (curves.length) content.push(curveBox(video, { name, colour, curves, maxSpeed, seek }));
  HANDS.forEach((hand, side) => {
    const items = gestures.filter((gesture) => gesture.hand === side).map((gesture) => gestureItem(video, gesture));
    // Both hands get a lane as soon as one has a gesture: the upper lane is always the left hand.
    if (gestures.length) content.push(lane({ ...laneOptions, items, label: `Gestures of ${name}, ${hand} hand`, kind: 'gestures', snap: true }));
  });
  const summary = [curves.length > 0 && 'hand speed', gestures.length > 0 && countNoun(gestures.length, 'gesture')].filter(Boolean).join(', ');
  const label = person ? h('span', { class: 'row-person' }, avatar(person, 'small'), personLink(person)) : h('span', {}, name);
  return timelineRow([label, summary && h('small', {}, summary)], content);
}

function timelineLegend(video, groups) {
  return h('p', { class: 'legend soft' }, 'Click anywhere to play from that moment. With the keyboard, arrow keys move between intervals and Enter jumps to the selected one.',
    groups.some((group) => group.curves.length) && ' Hand speed: left hand above the middle line, right hand below; the filled area is the mean, the line the peak.',
    video.gestures > 0 && ' Gesture units, from rest to rest: left hand in the upper lane, right hand in the lower lane.',
    laneLegend(video.tracks));
}

/** Draw the labels of the time axis at a zoom factor. */
function drawAxis(axis, video, zoom) {
  const offset = video.start - video.zero;
  const times = axisTimes(offset, video.length, (isNarrow() ? 4 : 12) * zoom);
  const digits = times.some((time) => time % 1000) ? 1 : 0;
  // A label close to the right edge would not fit.
  const lastShare = 1 - (isNarrow() ? 0.14 : 0.04) / zoom;
  axis.replaceChildren(...times.map((time) => [time, (time - offset) / Math.max(video.length, 1)]).filter(([, share]) => share <= lastShare)
    .map(([time, share]) => h('span', { style: { left: `${share * 100}%` } }, formatClock(time, digits))));
}

/** A timeline with its `element`; `setTime(ms)` moves its cursor. */
function createTimeline(video, seek) {
  const { shots } = detailsOf(video);
  const groups = timelineGroups(video);
  const maxSpeed = Math.max(1, ...groups.flatMap((group) => maxSpeedOf(group.curves)));
  const axis = h('div', { class: 'axis' });
  seekOnClick(axis, video, seek);
  const element = h('div', { class: 'timeline' }, timelineRow(h('span', { class: 'soft' }, 'Time'), axis),
    timelineRow('Shots', lane({ from: video.start, length: video.length, onpick: seek, items: shotItems(video), label: countNoun(shots.length, 'shot'), kind: 'shots', snap: true })),
    groups.map((group) => personRow(video, group, { maxSpeed, seek })));
  const scroller = h('div', { class: 'scroller', tabindex: -1 }, element);
  let level = 1;
  const zoomText = h('span', { class: 'zoom-level' });
  function setZoom(newLevel) {
    level = Math.min(Math.max(newLevel, 0), ZOOMS.length - 1);
    const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / Math.max(element.offsetWidth, 1);
    element.style.setProperty('--zoom', ZOOMS[level]);
    zoomText.textContent = `${ZOOMS[level]}×`;
    scroller.scrollLeft = middle * element.offsetWidth - scroller.clientWidth / 2;
    drawAxis(axis, video, ZOOMS[level]);
  }
  const tools = h('div', { class: 'zoom', role: 'group', 'aria-label': 'Zoom of the timeline' },
    h('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => setZoom(level - 1) }, '−'), zoomText,
    h('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => setZoom(level + 1) }, '+'));
  setZoom(0);
  joinTabStops(element);
  return {
    element: h('section', { class: 'card flush', 'aria-labelledby': 'timeline-title' },
      h('div', { class: 'card-head' }, h('h2', { id: 'timeline-title' }, 'Timeline'), tools), scroller, timelineLegend(video, groups)),
    setTime(ms) {
      const share = Math.min(Math.max((ms - video.start) / Math.max(video.length, 1), 0), 1);
      element.style.setProperty('--now', share);
    },
  };
}

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
        { key: 'start', title: 'start', number: true, of: (row) => row.start, cell: (row) => h('button', { type: 'button', class: 'link', onclick: () => seek(row.start) }, formatClock(row.start - video.zero, 2)) },
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

/** A line of text with the people who are on screen; `update(ms)` sets the moment. */
function onScreenText(video) {
  const element = h('p', { class: 'on-screen' });
  const nobody = video.people.length ? 'no person found at this moment' : 'no person found in this video';
  let shownIds = null;
  return {
    element,
    update(ms) {
      const shown = video.tracks.filter((track) => track.start <= ms && ms < track.end);
      const onScreen = video.people.filter((person) => shown.some((track) => track.person === person));
      // Somebody who is only seen in a picture at this moment, and not in person.
      const note = (person) => {
        const shownKinds = shown.filter((track) => track.person === person).map((track) => track.kind);
        return shownKinds.includes('person') ? '' : ` (${KIND_NAMES[shownKinds[0]]}) `;
      };
      const ids = onScreen.map((person) => `${person.id}${note(person)}`).join();
      if (ids === shownIds) return;
      shownIds = ids;
      element.replaceChildren(h('span', { class: 'soft' }, 'On screen: '), ...(onScreen.length ? onScreen.flatMap((person) => [personLink(person), note(person)]) : [nobody]));
    },
  };
}

/** The card with the properties of a video. */
function propertiesCard(video) {
  const properties = [
    ['Length', formatDuration(video.length)], ['Picture', video.width ? `${video.width} × ${video.height} pixels` : '–'],
    ...video.file_facts,
    ['Frames', formatCount(video.n_frames)], ['Shots', formatCount(video.n_shots)], ['People', formatCount(video.people.length)],
    anyGestures && ['Gestures', video.gestures ? h('a', { href: href(['gestures'], { q: `video=${video.id}` }) }, formatCount(video.gestures)) : '0'],
    ['File', h('code', {}, video.file || '–')], ['Source', /^https?:\/\//.test(video.source) ? h('a', { href: video.source, rel: 'noreferrer' }, video.source) : h('code', {}, video.source)],
    ...video.manifestColumns.filter(([, value]) => value !== ''),
  ].filter(Boolean);
  const offset = video.start && video.zero !== 0 ? `Times on this page are those of the player. For time_s in the tables, add ${(video.zero / 1000).toFixed(3)} s.` : '';
  return h('div', { class: 'card facts' }, h('h2', {}, 'About this video'), h('p', {}, statusBadge(video.status), video.vfr && h('span', { class: 'badge' }, 'variable frame rate')),
    video.reason && h('p', {}, video.reason),
    h('dl', {}, properties.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))), offset && h('p', { class: 'soft' }, offset));
}

function videoView(id, query) {
  const video = videoById.get(id);
  if (!video) return notFoundView(`There is no video ${id} in this corpus.`, href(['videos']), 'All videos');
  const [previous, next] = [videos[video.index - 1], videos[video.index + 1]];
  const seek = (ms) => {
    player.seek(ms);
    history.replaceState(null, '', momentHref(video, Math.round(ms)));
  };
  const timeline = video.length > 0 ? createTimeline(video, seek) : null;
  const onScreen = onScreenText(video);
  const player = createPlayer(video, (ms) => {
    if (timeline) timeline.setTime(ms);
    onScreen.update(ms);
  }, () => route(true));
  const skeletons = createSkeletonLayer(video, player);
  registerPlayerKeys(player, seek);
  const element = h('div', { class: 'view video-view' },
    h('div', { class: 'crumbs' }, h('a', { href: href(['videos']) }, 'Videos'), copyLinkButton(href(['video', video.id]), video.id), h('span', { class: 'pages' },
      previous && h('a', { href: href(['video', previous.id]) }, '← ', previous.id), next && h('a', { href: href(['video', next.id]) }, next.id, ' →'))),
    h('h1', {}, video.id), video.title && h('p', { class: 'lead' }, video.title),
    h('div', { class: 'stage' }, h('div', {}, player.element, skeletons, timeline && onScreen.element), propertiesCard(video)),
    timeline && timeline.element,
    videoFilesCard(video),
    video.concerns.length > 0 && concernsCard(video),
    video.people.length > 0 && numbersPanel({ video }),
    (video.tracks.length > 0 || video.gestures > 0) && timelineTable(video, seek));
  const requested = query.has('t') ? Number(query.get('t')) * 1000 : NaN;
  player.seek(Number.isFinite(requested) ? requested : Math.max(video.start, video.zero));
  if (query.has('play')) playMoment(video, player, query);
  return { title: video.id, element, leave: () => player.stop() };
}
