// The view Check: what is worth a person's minute, the most doubtful first.

/** The address that shows the moment of an entry and plays it. */
const entryHref = ({ video, time, gesture }) => href(['video', video.id], { t: time / 1000, gesture: gesture === null ? '' : gesture, play: 1 });

/** Play the moment of such an address: a gesture once, or from the moment on. */
function playMoment(video, player, query) {
  const from = Number(query.get('t')) * 1000;
  const { gestures } = detailsOf(video);
  const row = query.has('gesture') ? gestures.start.findIndex((start) => Math.abs(start - from) < 1) : -1;
  player.play({ from, to: row < 0 ? null : gestures.end[row] });
}

const PICTURE_WIDTH = 320;

/** The picture of the video at the moment of an entry, or false if there is no video file. */
function momentPicture({ video, time }) {
  if (!video.file || !video.width) return false;
  const height = Math.round((PICTURE_WIDTH * video.height) / video.width);
  const canvas = h('canvas', { class: 'moment', width: PICTURE_WIDTH, height, role: 'img', 'aria-label': `${video.id} at ${formatClock(time - video.zero)}` });
  faceQueue.add(canvas, { video, time, box: null }, () => canvas.remove());
  return canvas;
}

/** A moving drawing of the gesture of an entry, once the side file with all gestures is loaded. */
function entryDrawing(entry) {
  const box = h('span', { class: 'drawing' });
  allGestures().then((gestures) => {
    const row = gestures ? gestures.find(entry.video, entry.gesture) : -1;
    if (row >= 0) box.append(gestureThumbnail(gestureAt(gestures, row), { size: 150 }));
  });
  return box;
}

/** The buttons and links that resolve an entry. */
function entryActions(entry) {
  const nameLink = (person) => h('a', { href: href(['person', person.id]) }, `Name ${names.label(person)}`);
  if (entry.kind === 'same') return [mergeButton(entry.about.person, entry.about.other), nameLink(entry.about.person), nameLink(entry.about.other)];
  if (entry.kind === 'twice') {
    const shownClusters = [...new Set(entry.about.faces.map((face) => face.track.cluster))];
    return [shownClusters.length > 1 && shownClusters.map(splitButton), nameLink(entry.person)];
  }
  return entry.person ? [h('a', { href: href(['person', entry.person.id]) }, names.label(entry.person))] : [];
}

/** A button that marks an entry as looked at, or undoes it. `onmark` is called after each change. */
function lookedAtButton(entry, card) {
  const button = h('button', { type: 'button', class: 'looked-at' });
  const show = () => {
    const isDone = lookedAt.has(entry);
    card.classList.toggle('done', isDone);
    button.textContent = isDone ? 'Undo' : 'Looked at';
    button.setAttribute('aria-label', `${isDone ? 'Not looked at yet' : 'Looked at'}: ${STATEMENTS[entry.kind](entry)}`);
  };
  button.addEventListener('click', () => {
    lookedAt.set(entry, !lookedAt.has(entry));
    show();
    announce(`${lookedAt.has(entry) ? 'Looked at.' : 'Not looked at yet.'} ${countLeft()}`);
  });
  show();
  return button;
}

/** The card of one entry. */
function entryCard(entry) {
  const faces = entry.about ? entry.about.faces : entry.faces;
  const moment = `${entry.video.id}, ${formatClock(entry.time - entry.video.zero)}`;
  const card = h('li', { class: 'card check-card', 'data-kind': entry.kind });
  fill(card, {}, [
    h('p', {}, h('strong', {}, STATEMENTS[entry.kind](entry))),
    h('div', { class: 'side-by-side' }, faces.length ? faces.map(comparedFace) : [h('a', { href: entryHref(entry), tabindex: -1, 'aria-hidden': 'true' }, momentPicture(entry)), corpus.similar && entry.gesture !== null && entryDrawing(entry)]),
    h('p', { class: 'soft' }, REASONS[entry.kind](entry)),
    h('div', { class: 'actions' }, h('a', { class: 'play', href: entryHref(entry), 'aria-label': `Play ${moment}` }, h('span', { 'aria-hidden': 'true' }, '▶ '), moment), entryActions(entry), lookedAtButton(entry, card)),
  ]);
  return card;
}

const entriesLeft = () => checkEntries().entries.filter((entry) => !lookedAt.has(entry)).length;
const countLeft = () => `${countNoun(entriesLeft(), 'entry', 'entries')} left to look at.`;

/** Show in the menu how many entries are left. */
function updateCheckBadge() {
  const link = document.querySelector('#menu a[data-view=check]');
  const number = entriesLeft();
  link.replaceChildren('Check', number > 0 && h('span', { class: 'left' }, h('span', { 'aria-hidden': 'true' }, formatCount(number)), h('span', { class: 'visually-hidden' }, `, ${formatCount(number)} left to look at`)) || '');
}

function checkView(query) {
  const { counts, entries } = checkEntries();
  const total = sum(Object.values(counts));
  const filters = { kind: query.get('kind') || '', done: query.get('done') === '1' };
  const list = h('ul', { class: 'checks', role: 'list' });
  const resultCount = h('p', { class: 'soft result-count' });
  const result = h('div', { class: 'result' });
  function show(isFirst) {
    history.replaceState(null, '', href(['check'], { kind: filters.kind, done: filters.done ? 1 : '' }));
    const shown = entries.filter((entry) => (!filters.kind || entry.kind === filters.kind) && (filters.done || !lookedAt.has(entry)));
    const hidden = entries.filter((entry) => lookedAt.has(entry)).length;
    resultCount.textContent = `${countNoun(shown.length, 'entry', 'entries')}${hidden && !filters.done ? `; ${formatCount(hidden)} looked at` : ''}`;
    list.replaceChildren();
    const more = growingList(list, shown, entryCard, 'entries');
    result.replaceChildren(shown.length ? list : h('p', { class: 'card empty' }, entries.length ? 'Nothing is left to look at here.' : 'Nothing stands out in this corpus.'), more);
    if (!isFirst) announce(resultCount.textContent);
  }
  const nConcerns = videos.filter((video) => video.concerns.length).length;
  const options = Object.entries(counts).filter(([, number]) => number).map(([kind, number]) => [kind, `${CHECK_KINDS[kind]} (${formatCount(number)})`]);
  const element = h('div', { class: 'view' }, h('h1', {}, 'To look at'),
    h('p', { class: 'lead' }, total ? 'Places where a number may be wrong. First those that cannot be right, then the most doubtful: the probability that the numbers are wrong, times the seconds that they are about.' : 'Nothing stands out in this corpus.',
      ' ', h('a', { href: href(['quality']) }, nConcerns ? `Quality of each video: ${formatCount(nConcerns)} of ${countNoun(videos.length, 'video')} with concerns` : 'Quality of each video'), '.'),
    total > entries.length && h('p', { class: 'soft' }, `The page lists the ${formatCount(entries.length)} most doubtful of ${formatCount(total)} entries.`),
    total > 0 && h('form', { class: 'filters', onsubmit: (event) => event.preventDefault() },
      field('Show', selectBox([['', 'all kinds'], ...options], filters.kind, (value) => { filters.kind = value; show(); })),
      checkbox('Also those looked at', filters.done, (isOn) => { filters.done = isOn; show(); })),
    total > 0 && resultCount, total > 0 && result);
  if (total) show(true);
  return { title: 'To look at', element };
}
