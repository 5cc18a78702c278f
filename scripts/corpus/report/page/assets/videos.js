// All videos: searched, filtered, sorted. The address keeps what was asked for.

const searchText = remembered(() => new Map(videos.map((video) => [video, [
  video.id, video.title || '', video.source, video.status, video.reason || '', ...video.own.map(([, value]) => value),
].join(' ')])));

function filteredVideos(asked) {
  return videos.filter((video) => {
    if (asked.status && video.status !== asked.status) return false;
    if (asked.person && !video.people.some((person) => person.id === asked.person)) return false;
    if (asked.vfr && !video.vfr) return false;
    if (asked.with === 'gestures' && !video.gestures_of_people) return false;
    if (asked.with === 'people' && !video.people.length) return false;
    if (asked.with === 'nobody' && video.people.length) return false;
    if (asked.concern && !video.concerns.includes(asked.concern)) return false;
    return !asked.q || matches(asked.q, `${searchText().get(video)} ${video.people.map((person) => names.label(person)).join(' ')}`);
  });
}

function videoColumns() {
  const shownPeople = (video) => [
    ...video.people.slice(0, 3).map((person) => h('span', { class: 'chip' }, personLink(person))),
    video.people.length > 3 && h('span', { class: 'soft' }, ` and ${video.people.length - 3} more`),
  ];
  return [
    { key: 'id', title: 'video', class: 'name', of: (video) => video.id, cell: (video) => [h('a', { href: href(['video', video.id]) }, video.id), video.title && h('small', {}, video.title)] },
    { key: 'when', title: 'who, over its time', class: 'strip-cell', cell: strip },
    { key: 'length', title: 'length', number: true, of: (video) => video.length, cell: (video) => lasting(video.length) },
    { key: 'status', title: 'status', of: (video) => video.status, cell: (video) => [statusBadge(video.status), video.vfr && h('span', { class: 'badge', title: 'varying frame rate' }, 'VFR')] },
    { key: 'people', title: 'people', of: (video) => video.people.length, class: 'people-cell', cell: shownPeople },
    { key: 'shots', title: 'shots', number: true, of: (video) => video.n_shots, cell: (video) => count(video.n_shots) },
    anyGestures && { key: 'gestures', title: 'gestures', number: true, of: (video) => video.gestures, cell: (video) => count(video.gestures) },
    ...Object.keys(corpus.own).map((name, place) => ({ key: `own-${place}`, title: name, of: (video) => video.own[place][1], cell: (video) => video.own[place][1], class: 'text' })),
  ].filter(Boolean);
}

function videosView(query) {
  const asked = Object.fromEntries(['q', 'status', 'person', 'vfr', 'with', 'concern', 'sort', 'down'].map((name) => [name, query.get(name) || '']));
  const state = { sort: asked.sort, down: asked.down === '1' };
  const result = h('div', { class: 'result' });
  const told = h('p', { class: 'soft told' });
  function show(sorted) {
    history.replaceState(null, '', href(['videos'], { ...asked, sort: state.sort, down: state.down ? '1' : '' }));
    const rows = filteredVideos(asked);
    told.textContent = `${several(rows.length, 'video')}${rows.length < videos.length ? ` of ${count(videos.length)}` : ''}, ${lasting(sum(rows.map((video) => video.length)))}`;
    result.replaceChildren(rows.length ? sortableTable({ caption: 'Videos', columns: videoColumns(), rows, state, changed: show, what: 'videos' }) : h('p', { class: 'empty' }, 'No video fits.'));
    say(told.textContent);
    if (sorted) result.querySelector(`[data-sort="${sorted}"]`).focus();
  }
  const set = (name) => (value) => {
    asked[name] = value === true ? '1' : value || '';
    show();
  };
  const statuses = [['', 'any status'], ...Object.keys(corpus.statuses).filter((status) => videos.some((video) => video.status === status)).map((status) => [status, status.replace('_', ' ')])];
  const whose = [['', 'anybody'], ...people.map((person) => [person.id, names.of(person) ? `${names.of(person)} (${person.id})` : person.id])];
  const withs = [['', 'anything'], ['people', 'people'], ['nobody', 'nobody found'], anyGestures && ['gestures', 'gestures of people']].filter(Boolean);
  const element = h('div', { class: 'view' }, h('h1', {}, 'Videos'),
    h('form', { class: 'filters', role: 'search', 'aria-label': 'Videos', onsubmit: (event) => event.preventDefault() },
      searchField('Search', asked.q, set('q')),
      field('Status', choice(statuses, asked.status, set('status'))),
      field('Person', choice(whose, asked.person, set('person'))),
      field('With', choice(withs, asked.with, set('with'))),
      asked.concern && field('To look at', choice([['', 'anything'], ...Object.entries(corpus.concerns).map(([code, concern]) => [code, concern.title])], asked.concern, set('concern'))),
      tick('Varying frame rate', Boolean(asked.vfr), set('vfr'))),
    told, result);
  show();
  return { title: 'Videos', element };
}
