// Identities to check: faces side by side, with links to their moments and to the form for names.

/** A face with its person and a link to its moment. */
function comparedFace(face) {
  return h('figure', { class: 'compared' }, faceImage(face),
    h('figcaption', {}, personLink(face.track.person),
      face.track.person.clusters.length > 1 && h('small', {}, face.track.cluster.id),
      h('a', { href: momentHref(face.video, face.time) }, `${face.video.id}, ${formatClock(face.time - face.video.zero)}`)));
}

/** A card with a statement, the faces that it is about, and what to do. */
function checkCard(statement, faces, actions) {
  return h('li', { class: 'card check-card' }, h('p', {}, h('strong', {}, statement)),
    h('div', { class: 'side-by-side' }, faces), h('div', { class: 'actions' }, actions));
}

/** A button that merges two people, until they have the same name. `onmerge()` is called after it was pressed. */
function mergeButton(person, other, onmerge = () => {}) {
  const box = h('span');
  const show = () => {
    const merged = names.mergedWith(person).includes(other);
    box.replaceChildren(merged ? h('span', { class: 'soft' }, `Will be merged as ${names.label(person)}.`)
      : h('button', { type: 'button', onclick: () => { names.merge(person, other); announce(`${person.id} and ${other.id} will be merged.`); onmerge(); } }, 'Same person: merge'));
  };
  show();
  whenNamesChange(show);
  return box;
}

function doubtCard({ person, other, chance, tracks: nTracks, faces }) {
  const nameLink = (each) => h('a', { href: href(['person', each.id]) }, `Name ${names.label(each)}`);
  return checkCard(`${names.label(person)} and ${names.label(other)} are probably one person (${chance}%, ${countNoun(nTracks, 'face track')}).`,
    faces.map(comparedFace), [mergeButton(person, other), nameLink(person), nameLink(other)]);
}

function overlapCard({ person, length, faces }) {
  const shownClusters = [...new Set(faces.map((face) => face.track.cluster))];
  return checkCard(`${names.label(person)} is on screen twice at the same time in ${faces[0].video.id}, for ${formatDuration(length)}.`,
    faces.map(comparedFace),
    [shownClusters.length > 1 && shownClusters.map(splitButton), h('a', { href: href(['person', person.id]) }, `Name ${names.label(person)}`)]);
}

/** The cards about these doubts and overlaps, or false if there are none. */
function checksCard(shownOverlaps, shownDoubts) {
  if (!shownOverlaps.length && !shownDoubts.length) return false;
  const list = h('ul', { class: 'checks' });
  const cards = [...shownOverlaps.map((overlap) => () => overlapCard(overlap)), ...shownDoubts.map((doubt) => () => doubtCard(doubt))];
  const more = growingList(list, cards, (card) => card(), 'identities to check');
  return h('section', { id: 'checks' }, h('h2', {}, 'Identities to check'),
    h('p', { class: 'soft reading' }, shownOverlaps.length > 0 && 'Somebody who is on screen twice is probably two people with the same name: split one off. ',
      shownDoubts.length > 0 && 'Two people with similar faces may be one; the percentage is the probability of this. If they are one, merge them. If they are two, give both a name, and the next run no longer lists them.'),
    list, more);
}
