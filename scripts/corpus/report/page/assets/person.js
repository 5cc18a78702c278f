// One person: faces, name, and when they appear in each video.

function presenceRow(person, video) {
  const own = video.tracks.filter((track) => track.person === person);
  const items = own.map((track) => trackItem(video, track));
  const time = sum(own.map((track) => track.end - track.start));
  const track = lane({
    items, from: video.start, length: video.length, colour: colourOf(person), kind: 'presence',
    label: `${names.label(person)} in ${video.id}`,
    pick: (ms) => { location.hash = momentHref(video, Math.round(ms)); },
  });
  const scale = h('div', { class: 'scaled', style: { '--share': video.length / longest() } }, track);
  return h('div', { class: 'row' },
    h('div', { class: 'row-name' }, h('a', { href: momentHref(video, own[0].start) }, video.id), h('small', {}, video.length < 60000 ? `${(time / 1000).toFixed(1)} of ${(video.length / 1000).toFixed(1)} s` : `${clock(time, 0)} of ${clock(video.length, 0)}`)),
    h('div', { class: 'row-time' }, scale));
}

/** Those whom names joined, each with a way out. */
function partsCard(person) {
  const card = h('section', { class: 'card' });
  const show = () => card.replaceChildren(h('h2', {}, 'Joined from'),
    h('p', { class: 'soft' }, 'The workflow found these apart; the same name makes them one. Take the name from one that does not belong here.'),
    h('ul', { class: 'parts' }, person.found.map((one) => {
      const [video, time] = one.place;
      const face = facesOf(person).find((some) => some.found === one);
      return h('li', {}, face && h('img', { class: 'face small', src: face.src, alt: '', style: { '--own': colourOf(person) } }),
        h('strong', {}, one.id), ' ', h('a', { href: momentHref(videoOf.get(video), Number(time) * 1000) }, `${video} at ${time} s`), ' ', h('span', {}, names.now(one) || 'no name'), ' ',
        names.now(one) && h('button', { type: 'button', class: 'quiet', onclick: () => { names.setRow(one, ''); say(`${one.id} has no name now.`); } }, `Split off ${one.id}`));
    })));
  show();
  whileShown(show);
  return card;
}

function personView(id) {
  const person = personOf.get(id);
  if (!person) return missing(`There is no person ${id} in this corpus.`, href(['people']), 'All people');
  const faces = facesOf(person);
  const title = h('h1', { class: 'who' }, liveName(person));
  const gone = names.of(person) ? person.id : '';
  const rows = h('div', { class: 'timeline plain' });
  const order = [...person.videos].sort((a, b) => a.index - b.index);
  const more = grow(rows, order, (video) => presenceRow(person, video), 'videos');
  const unsure = person.tracks.filter((track) => track.sure < 50).length;
  const element = h('div', { class: 'view' },
    h('div', { class: 'crumbs' }, h('a', { href: href(['people']) }, 'People'), h('span', { class: 'pages' },
      people[person.index - 1] && h('a', { href: href(['person', people[person.index - 1].id]) }, '← ', names.label(people[person.index - 1])),
      people[person.index + 1] && h('a', { href: href(['person', people[person.index + 1].id]) }, names.label(people[person.index + 1]), ' →'))),
    title,
    h('p', { class: 'lead' }, gone && `${gone}, `, `${lasting(onScreenMs(person))} on screen in ${several(person.videos.length, 'video')}, ${several(person.tracks.length, 'time')}`, unsure > 0 && `, ${unsure} of them unsure`, '.'),
    h('div', { class: 'pair wide-left' },
      faces.length > 0 ? h('ul', { class: 'portraits' }, faces.map((face) => h('li', {}, h('a', { href: momentHref(face.video, face.time) },
        h('img', { class: 'face huge', src: face.src, alt: `${names.label(person)} in ${face.video.id}`, style: { '--own': colourOf(person) } }), h('small', {}, `${face.video.id}, ${clock(face.time - face.video.zero)}`))))) : h('div', { class: 'no-faces' }, avatar(person, 'huge'), h('p', { class: 'soft' }, 'The page keeps pictures of faces only where report.pictures says so.')),
      h('div', { class: 'card' }, h('h2', {}, 'Who is it?'), nameEditor(person))),
    person.found.length > 1 && partsCard(person),
    h('section', { class: 'card flush', 'aria-labelledby': 'when-title' },
      h('div', { class: 'card-head' }, h('h2', { id: 'when-title' }, 'When and where'), h('a', { href: href(['videos'], { person: person.id }) }, 'As a list of videos')), rows, more,
      h('p', { class: 'legend soft' }, 'A row a video, all on one scale. Click a stretch, or press Enter on it, to see it in its video.', unsure > 0 && ' Pale and dashed: who it is, is not sure.')));
  rove(rows);
  return { title: names.label(person), element };
}
