// The view Videos: search, filter and sort. The address contains the filters, so that links keep them.

const searchTexts = memoize(() => new Map(videos.map((video) => [video, [
  video.id, video.title || '', video.source, video.status, video.reason || '', ...video.manifestColumns.map(([, value]) => value),
].join(' ')])));

function filteredVideos(filters) {
  return videos.filter((video) => {
    if (filters.status && video.status !== filters.status) return false;
    if (filters.person && !video.people.some((person) => person.id === filters.person)) return false;
    if (filters.vfr && !video.vfr) return false;
    if (filters.with === 'gestures' && !video.gestures_of_people) return false;
    if (filters.with === 'people' && !video.people.length) return false;
    if (filters.with === 'nobody' && video.people.length) return false;
    if (filters.concern && !video.concerns.includes(filters.concern)) return false;
    return !filters.q || matches(filters.q, `${searchTexts().get(video)} ${video.people.map((person) => names.label(person)).join(' ')}`);
  });
}

function videoColumns() {
  const shownPeople = (video) => [
    ...video.people.slice(0, 3).map((person) => h('span', { class: 'chip' }, personLink(person))),
    video.people.length > 3 && h('span', { class: 'soft' }, ` and ${video.people.length - 3} more`),
  ];
  return [
    { key: 'id', title: 'video', class: 'name', of: (video) => video.id, cell: (video) => [h('a', { href: href(['video', video.id]) }, video.id), video.title && h('small', {}, video.title)] },
    { key: 'when', title: 'people on screen over time', class: 'strip-cell', cell: presenceStrip },
    { key: 'length', title: 'length', number: true, of: (video) => video.length, cell: (video) => formatDuration(video.length) },
    { key: 'status', title: 'status', of: (video) => video.status, cell: (video) => [statusBadge(video.status), video.vfr && h('span', { class: 'badge', title: 'variable frame rate' }, 'VFR')] },
    { key: 'people', title: 'people', of: (video) => video.people.length, class: 'people-cell', cell: shownPeople },
    { key: 'shots', title: 'shots', number: true, of: (video) => video.n_shots, cell: (video) => formatCount(video.n_shots) },
    anyGestures && { key: 'gestures', title: 'gestures', number: true, of: (video) => video.gestures, cell: (video) => formatCount(video.gestures) },
    ...Object.keys(corpus.manifest_columns).map((name, column) => ({ key: `manifest-${column}`, title: name, of: (video) => video.manifestColumns[column][1], cell: (video) => video.manifestColumns[column][1], class: 'text' })),
  ].filter(Boolean);
}

function videosView(query) {
  const filters = Object.fromEntries(['q', 'status', 'person', 'vfr', 'with', 'concern', 'sort', 'down'].map((name) => [name, query.get(name) || '']));
  const state = { sort: filters.sort, down: filters.down === '1' };
  const result = h('div', { class: 'result' });
  const resultCount = h('p', { class: 'soft result-count' });
  function show(sortedKey) {
    history.replaceState(null, '', href(['videos'], { ...filters, sort: state.sort, down: state.down ? '1' : '' }));
    const rows = filteredVideos(filters);
    resultCount.textContent = `${countNoun(rows.length, 'video')}${rows.length < videos.length ? ` of ${formatCount(videos.length)}` : ''}, ${formatDuration(sum(rows.map((video) => video.length)))}`;
    result.replaceChildren(rows.length ? sortableTable({ caption: 'Videos', columns: videoColumns(), rows, state, onsort: show, noun: 'videos', stacked: true }) : h('p', { class: 'empty' }, 'No videos match.'));
    announce(resultCount.textContent);
    if (sortedKey) result.querySelector(`[data-sort="${sortedKey}"]`).focus();
  }
  const setFilter = (name) => (value) => {
    filters[name] = value === true ? '1' : value || '';
    show();
  };
  const statuses = [['', 'any status'], ...Object.keys(corpus.statuses).filter((status) => videos.some((video) => video.status === status)).map((status) => [status, status.replace('_', ' ')])];
  const persons = [['', 'anyone'], ...people.map((person) => [person.id, names.of(person) ? `${names.of(person)} (${person.id})` : person.id])];
  const contents = [['', 'anything'], ['people', 'people'], ['nobody', 'no people'], anyGestures && ['gestures', 'gestures of people']].filter(Boolean);
  const element = h('div', { class: 'view' }, h('h1', {}, 'Videos'),
    h('form', { class: 'filters', role: 'search', 'aria-label': 'Videos', onsubmit: (event) => event.preventDefault() },
      searchField('Search', filters.q, setFilter('q')),
      field('Status', selectBox(statuses, filters.status, setFilter('status'))),
      field('Person', selectBox(persons, filters.person, setFilter('person'))),
      field('With', selectBox(contents, filters.with, setFilter('with'))),
      filters.concern && field('Quality concern', selectBox([['', 'any'], ...Object.entries(corpus.concerns).map(([code, concern]) => [code, concern.title])], filters.concern, setFilter('concern'))),
      checkbox('Variable frame rate', Boolean(filters.vfr), setFilter('vfr'))),
    resultCount, result);
  show();
  return { title: 'Videos', element };
}
