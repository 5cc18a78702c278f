// The view of the map: the map, its legend, and the gesture that is chosen on it.

/** What is known of the gesture that is chosen on the map. */
function mapGesture(gesture) {
  const doubts = gestureDoubts(gesture);
  return [
    gestureThumbnail(gesture, { size: 160 }),
    h('div', {}, h('p', { class: 'who' }, gesture.person && personSymbol(gesture.person), h('span', {}, whoOf(gesture))),
      h('p', { class: 'soft' }, `${gesture.video.id}, ${whenOf(gesture)}, ${gesture.hand} hand`, doubts.length > 0 && `, ${doubts.join(', ')}`),
      h('p', { class: 'actions' }, h('a', { href: playHref(gesture.video, gesture.gesture) }, 'Play it'), likeLink(gesture.video, gesture.gesture))),
  ];
}

function mapLegend(groups) {
  return h('ul', { class: 'map-legend' }, groups.map((group) => h('li', {},
    group.shape ? personSymbol(group.shape) : h('i', { class: 'swatch', 'aria-hidden': 'true', style: { background: group.colour } }),
    h('span', {}, `${group.text} `), h('span', { class: 'soft' }, formatCount(group.points.length)))));
}

/** The parts of the view, for points that were loaded; `leave` ends its observers. */
function mapParts(points, query) {
  const gestureOf = (index) => gestureAt(points.gestures, points.rows[index]);
  const about = h('div', { class: 'map-about' }, h('p', { class: 'soft' }, 'Point at a gesture, or tap it, to see it move.'));
  const clip = gestureClip('Show clips');
  const chosen = h('div', { class: 'map-chosen card' }, about, clip.element, clip.button);
  const map = createMap(points, {
    onpoint(index, byKey) {
      const gesture = gestureOf(index);
      about.replaceChildren(...mapGesture(gesture));
      clip.show(gesture);
      if (byKey) announce(`${whoOf(gesture)}, ${gesture.video.id}, ${whenOf(gesture)}, ${gesture.hand} hand`);
    },
    onopen(index) {
      const gesture = gestureOf(index);
      location.hash = playHref(gesture.video, gesture.gesture);
    },
  });
  const legend = h('div');
  const choices = colourChoices();
  const wanted = query.get('by');
  let key = choices.some(([name]) => name === wanted) ? wanted : 'person';
  function colour() {
    const groups = groupPoints(points, key);
    map.colour(groups);
    legend.replaceChildren(mapLegend(groups));
  }
  const choice = field('Colour by', selectBox(choices, key, (value) => {
    key = value;
    history.replaceState(null, '', href(['map'], { by: key === 'person' ? '' : key }));
    colour();
  }));
  const zoom = h('div', { class: 'zoom', role: 'group', 'aria-label': 'Zoom of the map' },
    h('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => map.zoomAt(1 / ZOOM_STEP) }, '−'),
    h('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => map.zoomAt(ZOOM_STEP) }, '+'),
    h('button', { type: 'button', onclick: () => map.zoomAt(0) }, 'Show all'));
  registerKeys('Map', [
    { keys: ['+', '='], text: 'Zoom in', run: () => map.zoomAt(ZOOM_STEP) }, { keys: ['-'], text: 'Zoom out', run: () => map.zoomAt(1 / ZOOM_STEP) },
    { keys: ['0'], text: 'Show all', run: () => map.zoomAt(0) },
    { keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], text: 'On the map: the nearest gesture in this direction' }, { keys: ['Enter'], text: 'On the map: play the gesture' },
  ]);
  const area = areaTools(points, map);
  const [first, second] = points.shares;
  const text = `Gestures whose hands move along similar paths are close to each other. The two axes hold ${formatPercent(first)} and ${formatPercent(second)} of the differences between all paths; the list of similar gestures uses all of them.`;
  const element = h('div', { class: 'view-content' }, h('p', { class: 'lead' }, text),
    h('div', { class: 'map-layout' },
      h('div', { class: 'card map-card' }, h('div', { class: 'card-head' }, choice, zoom), h('div', { class: 'map-box' }, map.canvas), area.found, legend, area.buttons,
        h('p', { class: 'soft map-help' }, 'Click a gesture to play it. Turn the wheel to zoom, drag to move, and drag with the shift key to choose an area. With the keyboard: arrow keys, Enter, +, − and 0.')),
      chosen));
  const video = videoById.get(query.get('video'));
  const row = video ? points.gestures.find(video, Number(query.get('gesture'))) : -1;
  const start = points.rows.indexOf(row);
  requestAnimationFrame(() => {
    colour();
    if (row >= 0 && start >= 0) map.choose(start, true);
  });
  return { element, update: colour, leave: () => { map.leave(); clip.leave(); } };
}

/** The view Map. `query`: by, a key of colourChoices; video and gesture, the gesture to show. */
function mapView(query) {
  const content = h('div', { class: 'view-content' }, h('p', { class: 'soft' }, 'Loading.'));
  const element = h('div', { class: 'view' }, h('h1', {}, 'Gestures'), gestureViewLinks('map'), content);
  let isLeft = false;
  let parts = null;
  const problem = (text) => content.replaceChildren(h('p', { class: 'empty' }, text));
  (async () => {
    if (!corpus.similar) return problem('The gestures of this corpus were not compared. Run snakemake again to compare them.');
    const points = await mapPoints();
    if (isLeft) return;
    if (!points) return problem('The files page/gesture_map.js and page/gestures.js are not beside this page. Copy the whole folder report.');
    if (!points.n) return problem('This corpus has no gestures that can be compared.');
    parts = mapParts(points, query);
    content.replaceChildren(parts.element);
  })();
  viewListeners.push(() => parts && parts.update());
  return { title: 'Map of gestures', element, leave() {
    isLeft = true;
    if (parts) parts.leave();
  } };
}
