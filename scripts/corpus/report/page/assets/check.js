// The view Check: what is worth a person's minute, the most doubtful first.

/** The address that shows the moment of an entry and plays it, with a bar that leads back to the list. */
const entryHref = ({ video, time, gesture, key }, filters) => href(['video', video.id], { t: time / 1000, gesture: gesture === null ? '' : gesture, play: 1, check: key, kind: filters.kind });

const PICTURE_WIDTH = 320;

/** The picture of the video at the moment of an entry, or false if there is no video file. */
function momentPicture({ video, time }) {
  if (!video.file || !video.width) return false;
  const height = Math.round((PICTURE_WIDTH * video.height) / video.width);
  const canvas = h('canvas', { class: 'moment', width: PICTURE_WIDTH, height, role: 'img', 'aria-label': `${video.id} at ${formatClock(time - video.zero)}` });
  faceQueue.add(canvas, { video, time, box: null }, () => canvas.replaceWith(h('span', { class: 'soft no-picture' }, 'No picture: the video file is missing, or this browser cannot play it.')));
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

/** The buttons and links that resolve an entry; merging two people is also a verdict. */
function entryActions(entry) {
  const nameLink = (person) => h('a', { href: href(['person', person.id]) }, `Name ${names.label(person)}`);
  if (entry.kind === 'same') return [mergeButton(entry.about.person, entry.about.other, () => verdicts.set(entry, { verdict: 'problem' })), nameLink(entry.about.person), nameLink(entry.about.other)];
  if (entry.kind === 'twice') {
    const shownClusters = [...new Set(entry.about.faces.map((face) => face.track.cluster))];
    return [shownClusters.length > 1 && shownClusters.map(splitButton), nameLink(entry.person)];
  }
  return entry.person ? [h('a', { href: href(['person', entry.person.id]) }, names.label(entry.person))] : [];
}

/** The card of one entry. The list comes back to it after its moment was played, with these `filters`. */
function entryCard(entry, filters) {
  const faces = entry.about ? entry.about.faces : entry.faces;
  const moment = `${entry.video.id}, ${formatClock(entry.time - entry.video.zero)}`;
  const card = h('li', { class: 'card check-card', 'data-kind': entry.kind, 'data-key': entry.key });
  const show = () => card.classList.toggle('done', verdicts.has(entry));
  const tools = verdictTools(entry, show);
  // The way back of the browser leads to this entry as well.
  const leave = () => history.replaceState(null, '', checkHref(filters, entry.key));
  const address = entryHref(entry, filters);
  fill(card, {}, [
    h('p', {}, h('strong', {}, STATEMENTS[entry.kind](entry))),
    h('div', { class: 'side-by-side' }, faces.length ? faces.map(comparedFace) : [h('a', { href: address, tabindex: -1, 'aria-hidden': 'true', onclick: leave }, momentPicture(entry)), corpus.similar && entry.gesture !== null && entryDrawing(entry)]),
    h('p', { class: 'soft' }, REASONS[entry.kind](entry), SHARES_RIGHT[entry.kind] && h('small', {}, SHARES_RIGHT[entry.kind])),
    h('div', { class: 'actions' }, h('a', { class: 'play', href: address, 'aria-label': `Play ${moment}`, onclick: leave }, h('span', { 'aria-hidden': 'true' }, '▶ '), moment), entryActions(entry)),
    tools,
  ]);
  card.update = () => { show(); tools.update(); };
  show();
  return card;
}

const entriesLeft = () => checkEntries().entries.filter((entry) => !verdicts.has(entry)).length;
const countLeft = () => `${countNoun(entriesLeft(), 'entry', 'entries')} left to look at.`;

/** Show in the menu how many entries are left. */
function updateCheckBadge() {
  const link = document.querySelector('#menu a[data-view=check]');
  const number = entriesLeft();
  link.replaceChildren('Check', number > 0 && h('span', { class: 'left' }, h('span', { 'aria-hidden': 'true' }, formatCount(number)), h('span', { class: 'visually-hidden' }, `, ${formatCount(number)} left to look at`)) || '');
}

/** Focus the entry with this key or, if it is not shown any more, the one after it. */
function focusEntry(list, shown, key) {
  const rank = checkEntries().entries.findIndex((entry) => entry.key === key);
  const position = rank < 0 ? -1 : shown.findIndex((entry) => entry.rank >= rank);
  if (position < 0) return;
  // The route of the page focuses the heading first.
  setTimeout(() => {
    const card = list.children[position];
    if (!card) return;
    card.querySelector('.play').focus({ preventScroll: true });
    card.scrollIntoView({ block: 'center' });
  });
}

function checkView(query) {
  const { counts, entries } = checkEntries();
  const total = sum(Object.values(counts));
  const filters = { kind: query.get('kind') || '', done: query.get('done') === '1' };
  const list = h('ul', { class: 'checks', role: 'list' });
  const resultCount = h('p', { class: 'soft result-count' });
  const result = h('div', { class: 'result' });
  const ofKind = () => entries.filter((entry) => !filters.kind || entry.kind === filters.kind);
  function count() {
    const judged = ofKind().filter((entry) => verdicts.has(entry));
    const nProblems = judged.filter((entry) => verdicts.of(entry) === 'problem').length;
    const nLeft = ofKind().length - judged.length;
    resultCount.textContent = `${countNoun(filters.done ? ofKind().length : nLeft, 'entry', 'entries')}${judged.length ? `; ${formatCount(judged.length)} looked at, ${countNoun(nProblems, 'problem')} found` : ''}`;
  }
  function show(isFirst) {
    history.replaceState(null, '', checkHref(filters));
    const shown = ofKind().filter((entry) => filters.done || !verdicts.has(entry));
    count();
    list.replaceChildren();
    const at = isFirst ? query.get('at') : null;
    const rank = at ? entries.findIndex((entry) => entry.key === at) : -1;
    const more = growingList(list, shown, (entry) => entryCard(entry, filters), 'entries', shown.filter((entry) => entry.rank <= rank).length + 1);
    result.replaceChildren(shown.length ? list : h('p', { class: 'card empty' }, entries.length ? 'Nothing is left to look at here.' : 'Nothing stands out in this corpus.'), more);
    if (at) focusEntry(list, shown, at);
    if (!isFirst) announce(resultCount.textContent);
  }
  verdictListeners.push(() => { [...list.children].forEach((card) => card.update()); count(); });
  const nConcerns = videos.filter((video) => video.concerns.length).length;
  const options = Object.entries(counts).filter(([, number]) => number).map(([kind, number]) => [kind, `${CHECK_KINDS[kind]} (${formatCount(number)})`]);
  const element = h('div', { class: 'view' }, h('h1', {}, 'To look at'),
    h('p', { class: 'lead' }, total ? 'Places where a number may be wrong. First those that cannot be right, then the most doubtful: the probability that the numbers are wrong, times the seconds that they are about.' : 'Nothing stands out in this corpus.',
      ' ', h('a', { href: href(['quality']) }, nConcerns ? `Quality of each video: ${formatCount(nConcerns)} of ${countNoun(videos.length, 'video')} with concerns` : 'Quality of each video'), '.'),
    total > entries.length && h('p', { class: 'soft' }, `The page lists the ${formatCount(entries.length)} most doubtful of ${formatCount(total)} entries.`),
    total > 0 && h('form', { class: 'filters', onsubmit: (event) => event.preventDefault() },
      field('Show', selectBox([['', 'all kinds'], ...options], filters.kind, (value) => { filters.kind = value; show(); })),
      checkbox('Also those looked at', filters.done, (isOn) => { filters.done = isOn; show(); })),
    total > 0 && resultCount, total > 0 && result,
    total > 0 && h('div', { class: 'buttons' }, h('button', { type: 'button', id: 'save-verdicts', onclick: () => downloadText(corpusFileName('looked_at.csv'), verdictsCsv(verdicts.all())) }, 'Save what you found as CSV')));
  if (total) show(true);
  return { title: 'To look at', element };
}
