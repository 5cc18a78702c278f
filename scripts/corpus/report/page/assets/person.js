// The view of one person: faces, name, and the times on screen in each video.

function presenceRow(person, video) {
  const personTracks = tracksOf(video, person);
  const shownMs = onScreenMs(personTracks);
  const presence = lane({
    items: personTracks.map((track) => trackItem(video, track)), from: video.start, length: video.length, colour: colourOf(person), kind: 'presence',
    label: `${names.label(person)} in ${video.id}`,
    onpick: (ms) => { location.hash = momentHref(video, Math.round(ms)); },
  });
  const scaled = h('div', { class: 'scaled', style: { '--share': video.length / longestLength() } }, presence);
  return h('div', { class: 'row' },
    h('div', { class: 'row-name' }, h('a', { href: momentHref(video, personTracks[0].start) }, video.id), h('small', {}, video.length < 60000 ? `${(shownMs / 1000).toFixed(1)} of ${(video.length / 1000).toFixed(1)} s` : `${formatClock(shownMs, 0)} of ${formatClock(video.length, 0)}`)),
    h('div', { class: 'row-time' }, scaled));
}

/** A button that takes the name from a cluster, so that it is a person of its own again. */
function splitButton(cluster) {
  const box = h('span');
  const show = () => box.replaceChildren(names.ofCluster(cluster)
    ? h('button', { type: 'button', class: 'quiet', onclick: () => { names.renameCluster(cluster, ''); announce(`${cluster.id} has no name now.`); } }, `Split off ${cluster.id}`)
    : h('span', { class: 'soft' }, `${cluster.id} has no name now.`));
  show();
  whenNamesChange(show);
  return box;
}

/** The clusters that a common name merged into this person, each with a button to split it off. */
function mergedClustersCard(person) {
  return h('section', { class: 'card' }, h('h2', {}, 'Merged from'),
    h('p', { class: 'soft' }, 'The face clustering found these as separate people. They are merged because they have the same name. If one of them is another person, split it off. This removes its name.'),
    h('ul', { class: 'parts' }, person.clusters.map((cluster) => {
      const [video, time] = cluster.anchor;
      const face = facesOf(person).find((candidate) => candidate.cluster === cluster);
      return h('li', {}, face && h('img', { class: 'face small', src: face.src, alt: '', style: { '--person': colourOf(person) } }),
        h('strong', {}, cluster.id), ' ', h('a', { href: momentHref(videoById.get(video), Number(time) * 1000) }, `${video} at ${time} s`), ' ', splitButton(cluster));
    })));
}

function portraits(person) {
  const faces = facesOf(person);
  if (!faces.length) return h('div', { class: 'no-faces' }, avatar(person, 'huge'), h('p', { class: 'soft' }, 'The page contains pictures of faces only if the config key report.pictures is true.'));
  return h('ul', { class: 'portraits' }, faces.map((face) => h('li', {}, h('a', { href: momentHref(face.video, face.time) },
    h('img', { class: 'face huge', src: face.src, alt: `${names.label(person)} in ${face.video.id}`, style: { '--person': colourOf(person) } }), h('small', {}, `${face.video.id}, ${formatClock(face.time - face.video.zero)}`)))));
}

function personView(id) {
  const person = personById.get(id);
  if (!person) return notFoundView(`There is no person ${id} in this corpus.`, href(['people']), 'All people');
  const [previous, next] = [people[person.index - 1], people[person.index + 1]];
  const shownId = names.of(person) ? person.id : '';
  const rows = h('div', { class: 'timeline plain' });
  const videosInOrder = [...person.videos].sort((a, b) => a.index - b.index);
  const moreButton = growingList(rows, videosInOrder, (video) => presenceRow(person, video), 'videos');
  const countKind = (kind) => person.tracks.filter((track) => track.kind === kind).length;
  const [nPictures, nCopies] = [countKind('picture'), countKind('copy')];
  const element = h('div', { class: 'view' },
    h('div', { class: 'crumbs' }, h('a', { href: href(['people']) }, 'People'), copyLinkButton(() => href(['person', person.id]), person.id), h('span', { class: 'pages' },
      previous && h('a', { href: href(['person', previous.id]) }, '← ', names.label(previous)),
      next && h('a', { href: href(['person', next.id]) }, names.label(next), ' →'))),
    h('h1', { class: 'who' }, liveName(person)),
    h('p', { class: 'lead' }, shownId && `${shownId}, `, `${formatDuration(person.length)} on screen in ${countNoun(person.videos.length, 'video')}, ${countNoun(person.tracks.length, 'face track')}`, nPictures > 0 && `, ${formatCount(nPictures)} of them in pictures`, nCopies > 0 && `, ${formatCount(nCopies)} as copies`, '.'),
    h('div', { class: 'pair wide-left' }, portraits(person),
      h('div', { class: 'card' }, h('h2', {}, 'Who is this?'), nameEditor(person))),
    person.clusters.length > 1 && mergedClustersCard(person),
    checksCard(overlapsOf(person), doubtsAbout(person)),
    h('section', { class: 'card flush', 'aria-labelledby': 'when-title' },
      h('div', { class: 'card-head' }, h('h2', { id: 'when-title' }, 'Times on screen'), h('span', { class: 'pages' }, anyGestures && h('a', { href: href(['gestures'], { q: `person:${person.id}` }) }, 'All gestures'), h('a', { href: href(['videos'], { person: person.id }) }, 'Show in the list of videos'))), rows, moreButton,
      h('p', { class: 'legend soft' }, 'One row per video, all on the same time scale. Click an interval, or press Enter on it, to open the video at this moment.', laneLegend(person.tracks))),
    numbersPanel({ person }),
    personFilesCard(person));
  joinTabStops(rows);
  listLaneKeys('open the video at this moment');
  return { title: names.label(person), element };
}
