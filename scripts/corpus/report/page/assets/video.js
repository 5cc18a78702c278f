// The view of one video: its player, its timeline, and what is known about it.

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
    anyGestures && ['Gestures of one hand', video.gestures ? h('a', { href: href(['gestures'], { q: `video=${video.id}` }) }, formatCount(video.gestures)) : '0'],
    ['File', h('code', {}, video.file || '–')], ['Source', /^https?:\/\//.test(video.source) ? h('a', { href: video.source, rel: 'noreferrer' }, video.source) : h('code', {}, video.source)],
    ...video.manifestColumns.filter(([, value]) => value !== ''),
  ].filter(Boolean);
  const offset = video.start && video.zero !== 0 ? `Times on this page are those of the player. For time_s in the tables, add ${(video.zero / 1000).toFixed(3)} s.` : '';
  return h('div', { class: 'card facts' }, h('h2', {}, 'About this video'), h('p', {}, statusBadge(video.status), video.vfr && h('span', { class: 'badge' }, 'variable frame rate')),
    video.reason && h('p', {}, video.reason),
    h('dl', {}, properties.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))), offset && h('p', { class: 'soft' }, offset));
}

/** The address of what the view of a video shows: a gesture or a moment, without playing it. */
function sharedHref(video) {
  const query = new URLSearchParams(location.hash.split('?')[1]);
  return href(['video', video.id], { t: query.get('t'), gesture: query.get('gesture') });
}

function videoView(id, query) {
  const video = videoById.get(id);
  if (!video) return notFoundView(`There is no video ${id} in this corpus.`, href(['videos']), 'All videos');
  const [previous, next] = [videos[video.index - 1], videos[video.index + 1]];
  const setAddress = (query) => history.replaceState(null, '', href(['video', video.id], query));
  const seek = (ms) => {
    player.seek(ms);
    setAddress({ t: Math.round(ms) / 1000 });
  };
  /** Play what was chosen on the timeline: an item to its end, or from a moment on without an end. */
  function choose(ms, item, event) {
    const piece = event && event.shiftKey ? null : item;
    timeline.select(piece);
    player.play({ from: ms, to: piece ? piece.end : null });
    setAddress(piece && piece.gesture !== undefined ? { gesture: piece.gesture } : { t: Math.round(ms) / 1000 });
  }
  function chooseGesture(item) {
    if (!item) return announce('There is no further gesture in this video.');
    timeline.select(item, { reveal: true });
    announce(item.text);
    return choose(item.start, item);
  }
  const timeline = video.length > 0 ? createTimeline(video, choose, (item) => selectedGesture.show(item)) : null;
  const selectedGesture = selectedGestureCard(video, (direction) => chooseGesture(timeline.neighbour(direction, player.now())));
  const onScreen = onScreenText(video);
  const player = createPlayer(video, (ms) => {
    if (timeline) timeline.setTime(ms);
    onScreen.update(ms);
  }, () => route(true));
  const playerBox = h('div', { class: 'stage-player' }, player.element, playerControls(player), selectedGesture.line);
  const skeletons = createSkeletonLayer(video, player);
  if (player.video) registerPlayerKeys(() => player, seek);
  if (timeline) {
    registerKeys('Timeline', [
      { keys: ['j'], text: 'Next gesture', run: () => chooseGesture(timeline.neighbour(1, player.now())) },
      { keys: ['k'], text: 'Previous gesture', run: () => chooseGesture(timeline.neighbour(-1, player.now())) },
      { keys: ['m'], text: 'Mark the selected gesture', run: selectedGesture.toggleMark },
      { keys: ['n'], text: 'Write a note on the selected gesture', run: selectedGesture.focusNote },
      { keys: ['r'], text: 'Play the selected piece again', run: () => { const item = timeline.selected(); if (item) choose(item.start, item); } },
      { keys: ['+', '='], text: 'Zoom in around the time cursor', run: () => timeline.zoomBy(2) },
      { keys: ['-'], text: 'Zoom out', run: () => timeline.zoomBy(1 / 2) },
    ]);
    listLaneKeys('play it');
  }
  const element = h('div', { class: 'view video-view' },
    h('div', { class: 'crumbs' }, h('a', { href: href(['videos']) }, 'Videos'), copyLinkButton(() => sharedHref(video), video.id), h('span', { class: 'pages' },
      previous && h('a', { href: href(['video', previous.id]) }, '← ', previous.id), next && h('a', { href: href(['video', next.id]) }, next.id, ' →'))),
    h('h1', {}, video.id), video.title && h('p', { class: 'lead' }, video.title), checkBar(query),
    h('div', { class: 'stage' }, playerBox,
      h('div', { class: 'stage-side' }, h('div', { class: 'stage-notes' }, timeline && onScreen.element, skeletons, selectedGesture.element, propertiesCard(video)))),
    timeline && timeline.element,
    videoFilesCard(video),
    video.concerns.length > 0 && concernsCard(video),
    video.people.length > 0 && numbersPanel({ video }),
    (video.tracks.length > 0 || video.gestures > 0) && timelineTable(video, seek));
  // What is scrolled into view must not be hidden by the player.
  new ResizeObserver(() => element.style.setProperty('--stage-height', `${playerBox.offsetHeight}px`)).observe(playerBox);
  const requested = query.has('t') ? Number(query.get('t')) * 1000 : NaN;
  const gesture = timeline && query.has('gesture') ? timeline.gesture(Number(query.get('gesture'))) : null;
  const start = gesture ? gesture.start : Math.max(video.start, video.zero);
  const from = Number.isFinite(requested) ? requested : start;
  player.seek(from);
  if (gesture) {
    timeline.select(gesture);
    // The timeline has a size only when it is on screen. An entry to look at stays in view above the player.
    requestAnimationFrame(() => { timeline.frame(gesture); timeline.select(gesture, { reveal: !query.has('check') }); });
  }
  // A gesture plays once, to its end; a moment plays on.
  if (query.has('play')) player.play({ from, to: gesture && from < gesture.end ? gesture.end : null });
  return { title: video.id, element, leave: () => player.stop() };
}
