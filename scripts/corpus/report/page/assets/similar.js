// The view of one gesture and the most similar gestures of the corpus.

const N_FIRST_SIMILAR = 12;
const NOT_COMPARED = 'This gesture was not compared: its hand hardly moves, or its path is not known.';

const likeHref = (video, gesture) => href(['like', video.id, gesture]);
const gestureHref = (video, gesture) => href(['video', video.id], { gesture });
/** The address that plays a gesture in the view of its video. */
const playHref = (video, gesture) => href(['video', video.id], { gesture, play: 1 });

/** A link to the gestures like this one, or false if gestures were not compared. */
const likeLink = (video, gesture) =>
  corpus.similar && h('a', { class: 'like-link', href: likeHref(video, gesture) }, 'Like this one');

/** What a reader should know about a gesture before comparing it: parts out of view, jumps of the skeleton. */
function gestureDoubts(gesture) {
  return [
    gesture.start_seen === 0 && 'begins out of view', gesture.end_seen === 0 && 'ends out of view', gesture.jump === 1 && 'the skeleton jumps',
  ].filter(Boolean);
}

const whoOf = (gesture) => (gesture.person ? names.label(gesture.person) : 'No face found');
const whenOf = (gesture) => `${formatClock(gesture.start - gesture.video.zero)}, ${formatDuration(gesture.end - gesture.start)}`;

/** One similar gesture: its drawing and a link to the moment, what differs, and a link to those like it. */
function similarItem(gesture, other) {
  const how = [other.mirrored && 'mirrored', `${gesture.hand} hand`].filter(Boolean).join(', ');
  const doubts = gestureDoubts(gesture);
  return h('li', {},
    h('a', { class: 'similar-gesture', href: playHref(gesture.video, gesture.gesture), 'aria-label': `${whoOf(gesture)} in ${gesture.video.id} at ${whenOf(gesture)}: ${how}, distance ${other.distance.toFixed(2)}. Play it` },
      gestureThumbnail(gesture, { size: 120 }),
      h('span', { class: 'who' }, gesture.person && personSymbol(gesture.person), h('span', {}, whoOf(gesture)))),
    h('small', { class: 'similar-where' }, `${gesture.video.id}, ${whenOf(gesture)}`),
    h('small', {}, how),
    h('span', { class: 'distance', style: { '--share': Math.max(0, 1 - other.distance / Math.SQRT2) } }, h('i', { 'aria-hidden': 'true' }), h('small', {}, `distance ${other.distance.toFixed(2)}`)),
    doubts.length > 0 && h('small', { class: 'badge check' }, doubts.join(', ')),
    h('a', { class: 'like-link', href: likeHref(gesture.video, gesture.gesture), 'aria-label': `Gestures like this one of ${whoOf(gesture)} in ${gesture.video.id} at ${whenOf(gesture)}` }, 'Like this one'),
    markButton(gesture));
}

/** The gesture itself: a large drawing, its clip on demand, and what is known of it. */
function chosenGesture(gesture, clip) {
  const facts = [
    ['Person', gesture.person ? personLink(gesture.person) : whoOf(gesture)], ['Video', h('a', { href: href(['video', gesture.video.id]) }, gesture.video.id)],
    ['Time', whenOf(gesture)], ['Hand', gesture.hand], ['Caution', gestureDoubts(gesture).join(', ')],
  ].filter(([, value]) => value);
  clip.show(gesture);
  return h('section', { class: 'card chosen-gesture', 'aria-label': 'The gesture' }, gestureThumbnail(gesture, { size: 240 }),
    clip.element,
    h('div', {}, h('dl', { class: 'pairs' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
      h('p', { class: 'actions' }, h('a', { href: playHref(gesture.video, gesture.gesture) }, 'Play it'),
        h('a', { href: href(['map'], { video: gesture.video.id, gesture: gesture.gesture }) }, 'Show it on the map')),
      h('div', { class: 'buttons' }, markButton(gesture), clip.button)));
}

/** The cards of the view for a gesture whose data were loaded. */
function likeCards(gestures, gesture, drawn, clip) {
  const rows = drawn.similar.map((other) => [gestures.find(other.video, other.gesture), other]).filter(([row]) => row >= 0);
  const list = h('ul', { class: 'similar-list' });
  const add = (from, to) => list.append(...rows.slice(from, to).map(([row, other]) => similarItem(gestureAt(gestures, row), other)));
  add(0, N_FIRST_SIMILAR);
  const more = rows.length > N_FIRST_SIMILAR && h('button', { type: 'button', class: 'more', onclick: () => {
    more.remove();
    add(N_FIRST_SIMILAR, rows.length);
    list.children[N_FIRST_SIMILAR].querySelector('a').focus();
  } }, `Show ${rows.length - N_FIRST_SIMILAR} more`);
  const explanation = 'Compared is the path of the hand, without place, size and speed; the handshape is not. Mirror images count. Distance: 0 is the same path; paths with a distance of 1 or more have little in common.';
  return [chosenGesture(gesture, clip), amongAllGestures(gestures, gesture),
    h('section', { class: 'card', 'aria-labelledby': 'similar-title' }, h('h2', { id: 'similar-title' }, 'Most similar movements'),
      h('p', { class: 'soft' }, rows.length ? explanation : NOT_COMPARED), list, more)];
}

/** The view of the gestures that are like one gesture of a video. */
function likeView(videoId, number) {
  const video = videoById.get(videoId);
  if (!video) return notFoundView('This corpus has no such video.', href(['videos']), 'All videos');
  const content = h('div', { class: 'view-content' }, h('p', { class: 'soft' }, 'Loading.'));
  const element = h('div', { class: 'view' },
    h('p', { class: 'crumbs' }, h('a', { href: gestureHref(video, number) }, `${video.id}, gesture ${number}`)),
    h('h1', {}, 'Like this one'), content);
  const problem = (text) => content.replaceChildren(h('p', { class: 'empty' }, text));
  const clip = gestureClip('Show the clip');
  (async () => {
    if (!corpus.similar) return problem('The gestures of this corpus were not compared. Run snakemake again to compare them.');
    const [gestures, drawn] = await Promise.all([allGestures(), drawnGestures(video)]);
    const row = gestures ? gestures.find(video, Number(number)) : -1;
    if (!gestures) return problem('The file page/gestures.js is missing beside this page. Copy the whole folder report.');
    if (row < 0) return problem('This video has no gesture with this number.');
    const gesture = gestureAt(gestures, row);
    if (!drawn.has(gesture.gesture)) return problem(`The file page/${video.id}/gestures.js is missing beside this page, or older than the page. Copy the whole folder report, or run snakemake again.`);
    marks.match(gestures);
    content.replaceChildren(...likeCards(gestures, gesture, drawn.get(gesture.gesture), clip));
    announce(`${drawn.get(gesture.gesture).similar.length} similar gestures`);
  })();
  return { title: `Like gesture ${number} of ${video.id}`, element, leave: clip.leave };
}
