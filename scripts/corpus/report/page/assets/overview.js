// The corpus at a glance.

function tile(number, what, to) {
  const inside = [h('span', { class: 'tile-number' }, number), h('span', { class: 'tile-what' }, what)];
  return h('li', {}, to ? h('a', { class: 'tile', href: to }, inside) : h('span', { class: 'tile' }, inside));
}

/** How far the videos came, each step as a bar of the first. */
function funnel() {
  const all = videos.length;
  const seen = (query) => href(['videos'], query);
  const steps = [
    ['in the manifest', all, seen({})],
    ['with a media file', videos.filter((video) => video.status !== 'unavailable').length],
    ['decoded', videos.filter(isWhole).length],
    ['decoded to the end', videos.filter((video) => video.status === 'ok').length, seen({ status: 'ok' })],
    ['with people', videos.filter((video) => video.people.length).length, seen({ with: 'people' })],
    // As in the plot funnel: of people, so that each step is part of the one above.
    corpus.gestures_sought && ['with gestures', videos.filter((video) => video.gestures_of_people).length, seen({ with: 'gestures' })],
  ].filter(Boolean);
  return h('ol', { class: 'funnel' }, steps.map(([what, number, to]) => h('li', {},
    h('span', { class: 'funnel-what' }, to ? h('a', { href: to }, what) : what),
    h('span', { class: 'funnel-bar', 'aria-hidden': 'true' }, h('i', { style: { width: `${(number / Math.max(all, 1)) * 100}%` } })),
    h('span', { class: 'funnel-number' }, count(number)))));
}

/** A small histogram: bars of [label, number], told to a screen reader as a sentence. */
function histogram(title, bars) {
  const most = Math.max(1, ...bars.map(([, number]) => number));
  const told = bars.map(([label, number]) => `${label}: ${number}`).join('; ');
  return h('figure', { class: 'histogram' },
    h('figcaption', {}, title),
    h('div', { class: 'columns', role: 'img', 'aria-label': `${title}. ${told}` },
      bars.map(([label, number]) => h('div', { class: 'column' },
        h('span', { class: 'column-space' }, h('span', { class: 'column-number' }, number ? count(number) : ''), h('i', { style: { '--share': number / most } })), h('span', { class: 'column-label' }, label)))));
}

function lengthBars() {
  const edges = [[5e3, '5 s'], [15e3, '15 s'], [6e4, '1 min'], [3e5, '5 min'], [9e5, '15 min'], [18e5, '30 min'], [36e5, '1 h'], [Infinity, 'more']];
  const whole = videos.filter(isWhole);
  const numbers = edges.map(([edge], place) => whole.filter((video) => video.length <= edge && (!place || video.length > edges[place - 1][0])).length);
  const used = numbers.map((number, place) => (number ? place : -1)).filter((place) => place >= 0);
  const [first, last] = [Math.max(0, (used[0] || 0) - 1), Math.min(edges.length - 1, (used[used.length - 1] || 0) + 1)];
  return edges.slice(first, last + 1).map(([, label], step) => [label, numbers[first + step]]);
}

function peopleBars() {
  const whole = videos.filter(isWhole);
  const most = Math.min(8, Math.max(2, ...whole.map((video) => video.people.length)));
  return Array.from({ length: most + 1 }, (_, number) => [
    number === most && most === 8 ? '8+' : String(number),
    whole.filter((video) => (number === most ? video.people.length >= most : video.people.length === number)).length,
  ]);
}

function overviewView() {
  const hours = sum(videos.map((video) => video.length));
  const failures = videos.filter((video) => !isWhole(video) || video.status === 'truncated');
  const unnamed = people.filter((person) => !names.of(person)).length;
  const named = () => {
    if (!unnamed) return ', all with a name';
    return unnamed === people.length ? '; nobody has a name yet' : `, ${count(unnamed)} of them without a name yet`;
  };
  const first = people.slice(0, 12);
  const element = h('div', { class: 'view' },
    h('div', {}, h('p', { class: 'kicker' }, 'Video corpus'), h('h1', {}, corpus.title),
    h('p', { class: 'lead' }, `${several(videos.length, 'video')}, ${lasting(hours)}, ${people.length === 1 ? '1 person' : `${count(people.length)} people`}`, people.length > 0 && named(), '.')),
    h('ul', { class: 'tiles' },
      tile(count(videos.length), videos.length === 1 ? 'video' : 'videos', href(['videos'])), tile(lasting(hours), 'in all'),
      tile(count(people.length), people.length === 1 ? 'person' : 'people', href(['people'])),
      tile(count(sum(videos.map((video) => video.n_shots))), 'shots'), tile(count(sum(videos.map((video) => video.n_frames))), 'frames'),
      anyGestures ? tile(count(sum(videos.map((video) => video.gestures))), 'gestures', href(['videos'], { with: 'gestures' })) : tile(count(tracks.length), 'face tracks')),
    h('div', { class: 'pair' },
      h('section', { class: 'card' }, h('h2', {}, 'How far the videos came'), funnel()),
      h('section', { class: 'card' }, h('h2', {}, 'Length and people'), h('div', { class: 'pair tight' }, histogram('Videos by length, up to', lengthBars()), histogram('Videos by number of people', peopleBars())))),
    tracks.length > 0 && glance(),
    failures.length > 0 && h('section', { class: 'card short' },
      h('h2', {}, several(failures.length, 'video'), ' not there, or not whole'),
      failureTable(failures)),
    people.length > 0 && h('section', {},
      h('div', { class: 'card-head' }, h('h2', {}, 'Longest on screen'), h('a', { href: href(['people']) }, `All ${count(people.length)} people`)),
      h('ul', { class: 'faces-row' }, first.map((person) => h('li', {}, h('a', { href: href(['person', person.id]) }, avatar(person, 'large'),
        h('span', { class: 'who' }, mark(person), h('span', {}, names.label(person))), h('small', {}, `${lasting(sum(person.tracks.map((track) => track.end - track.start)))} in ${several(person.videos.length, 'video')}`)))))));
  return { title: 'Overview', element };
}

/** The longest videos, with who is on screen when. */
function glance() {
  const rows = videos.filter((video) => video.people.length).sort((a, b) => b.length - a.length || a.index - b.index).slice(0, 10);
  const shown = people.filter((person) => rows.some((video) => video.people.slice(0, 6).includes(person))).slice(0, 10);
  return h('section', { class: 'card' },
    h('div', { class: 'card-head' }, h('h2', {}, 'Who is on screen, when'), h('a', { href: href(['videos']) }, rows.length < videos.length ? `The ${rows.length} longest of ${count(videos.length)} videos` : 'All videos')),
    h('ul', { class: 'glance' }, rows.map((video) => h('li', {}, h('a', { href: href(['video', video.id]) }, video.id), strip(video), h('span', { class: 'number soft' }, lasting(video.length))))),
    h('p', { class: 'key' }, shown.map(personLink)));
}

function failureTable(failures) {
  const box = h('div');
  const state = { sort: 'status', down: true };
  const show = () => box.replaceChildren(sortableTable({
    caption: 'Videos that could not be analysed as a whole, and why', rows: failures, state, changed: show, what: 'videos',
    columns: [
      { key: 'id', title: 'video', of: (video) => video.id, cell: (video) => h('a', { href: href(['video', video.id]) }, video.id) },
      { key: 'status', title: 'status', of: (video) => video.status, cell: (video) => statusBadge(video.status) },
      { key: 'reason', title: 'reason', of: (video) => video.reason || '', cell: (video) => video.reason || corpus.statuses[video.status], class: 'text' },
    ],
  }));
  show();
  return box;
}
