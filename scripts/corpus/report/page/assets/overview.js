// The view Overview: the corpus at a glance.

function tile(number, label, target) {
  const content = [h('span', { class: 'tile-number' }, number), h('span', { class: 'tile-label' }, label)];
  return h('li', {}, target ? h('a', { class: 'tile', href: target }, content) : h('span', { class: 'tile' }, content));
}

/** How many videos passed each processing stage, as bars relative to the manifest. */
function funnel() {
  const all = videos.length;
  const videosHref = (query) => href(['videos'], query);
  const stages = [
    ['in the manifest', all, videosHref({})],
    ['with a media file', videos.filter((video) => !['unavailable', 'pending'].includes(video.status)).length],
    ['decoded', videos.filter(isDecoded).length],
    ['decoded to the end', videos.filter((video) => video.status === 'ok').length, videosHref({ status: 'ok' })],
    ['with people', videos.filter((video) => video.people.length).length, videosHref({ with: 'people' })],
    // Gestures of people only, as in the plot funnel, so that each stage is a subset of the one before.
    corpus.gestures_computed && ['with gestures', videos.filter((video) => video.gestures_of_people).length, videosHref({ with: 'gestures' })],
  ].filter(Boolean);
  return h('ol', { class: 'funnel' }, stages.map(([label, number, target]) => h('li', {},
    h('span', { class: 'funnel-label' }, target ? h('a', { href: target }, label) : label),
    h('span', { class: 'funnel-bar', 'aria-hidden': 'true' }, h('i', { style: { width: `${(number / Math.max(all, 1)) * 100}%` } })),
    h('span', { class: 'funnel-number' }, formatCount(number)))));
}

/** A small histogram from pairs of label and number, with a text alternative for screen readers. */
function histogram(title, bars) {
  const highest = Math.max(1, ...bars.map(([, number]) => number));
  const description = bars.map(([label, number]) => `${label}: ${number}`).join('; ');
  return h('figure', { class: 'histogram' },
    h('figcaption', {}, title),
    h('div', { class: 'columns', role: 'img', 'aria-label': `${title}. ${description}` },
      bars.map(([label, number]) => h('div', { class: 'column' },
        h('span', { class: 'column-space' }, h('span', { class: 'column-number' }, number ? formatCount(number) : ''), h('i', { style: { '--share': number / highest } })), h('span', { class: 'column-label' }, label)))));
}

/** Numbers of videos by length, without the empty bars at either end except one. */
function lengthBars() {
  const edges = [[5e3, '5 s'], [15e3, '15 s'], [6e4, '1 min'], [3e5, '5 min'], [9e5, '15 min'], [18e5, '30 min'], [36e5, '1 h'], [Infinity, 'more']];
  const decoded = videos.filter(isDecoded);
  const numbers = edges.map(([edge], bar) => decoded.filter((video) => video.length <= edge && (!bar || video.length > edges[bar - 1][0])).length);
  const used = numbers.map((number, bar) => (number ? bar : -1)).filter((bar) => bar >= 0);
  const [first, last] = [Math.max(0, (used[0] || 0) - 1), Math.min(edges.length - 1, (used[used.length - 1] || 0) + 1)];
  return edges.slice(first, last + 1).map(([, label], bar) => [label, numbers[first + bar]]);
}

function peopleBars() {
  const decoded = videos.filter(isDecoded);
  const highest = Math.min(8, Math.max(2, ...decoded.map((video) => video.people.length)));
  return Array.from({ length: highest + 1 }, (_, number) => [
    number === highest && highest === 8 ? '8+' : String(number),
    decoded.filter((video) => (number === highest ? video.people.length >= highest : video.people.length === number)).length,
  ]);
}

function overviewView() {
  const totalLength = sum(videos.map((video) => video.length));
  const incomplete = videos.filter((video) => !isDecoded(video) || video.status === 'truncated');
  const nLeft = entriesLeft();
  const nUnnamed = people.filter((person) => !names.of(person)).length;
  const namedText = () => {
    if (!nUnnamed) return ', all named';
    return nUnnamed === people.length ? ', none of them named yet' : `, ${formatCount(nUnnamed)} of them not named yet`;
  };
  const element = h('div', { class: 'view' },
    h('div', {}, h('p', { class: 'kicker' }, 'Video corpus'), h('h1', {}, corpus.title),
    h('p', { class: 'lead' }, `${countNoun(videos.length, 'video')}, ${formatDuration(totalLength)}, ${countPeople(people.length)}`, people.length > 0 && namedText(), '.',
      nLeft > 0 && [' ', h('a', { href: href(['check']) }, nLeft === 1 ? '1 place to look at' : `${formatCount(nLeft)} places to look at`)])),
    h('ul', { class: 'tiles' },
      tile(formatCount(videos.length), videos.length === 1 ? 'video' : 'videos', href(['videos'])), tile(formatDuration(totalLength), 'total length'),
      tile(formatCount(people.length), people.length === 1 ? 'person' : 'people', href(['people'])),
      tile(formatCount(sum(videos.map((video) => video.n_shots))), 'shots'), tile(formatCount(sum(videos.map((video) => video.n_frames))), 'frames'),
      anyGestures ? tile(formatCount(sum(videos.map((video) => video.gestures))), 'gestures of one hand', href(['videos'], { with: 'gestures' })) : tile(formatCount(tracks.length), 'face tracks')),
    h('div', { class: 'pair' },
      h('section', { class: 'card' }, h('h2', {}, 'Videos by processing stage'), funnel()),
      h('section', { class: 'card' }, h('h2', {}, 'Length and people'), h('div', { class: 'pair tight' }, histogram('Videos by length (upper limit)', lengthBars()), histogram('Videos by number of people', peopleBars())))),
    tracks.length > 0 && presenceCard(),
    corpusFilesCard(),
    incomplete.length > 0 && h('section', { class: 'card short' },
      h('h2', {}, countNoun(incomplete.length, 'video'), ' missing or incomplete'),
      incompleteTable(incomplete)),
    people.length > 0 && longestOnScreen());
  return { title: 'Overview', element };
}

function longestOnScreen() {
  return h('section', {},
    h('div', { class: 'card-head' }, h('h2', {}, 'People with the longest time on screen'), h('a', { href: href(['people']) }, people.length === 1 ? '1 person' : `All ${countPeople(people.length)}`)),
    h('ul', { class: 'faces-row' }, people.slice(0, 12).map((person) => h('li', {}, h('a', { href: href(['person', person.id]) }, avatar(person, 'large'),
      h('span', { class: 'who' }, personSymbol(person), h('span', {}, names.label(person))), h('small', {}, `${formatDuration(person.length)} in ${countNoun(person.videos.length, 'video')}`))))));
}

/** How many people the legend of the strips has; a link leads to the others. */
const MAX_IN_LEGEND = 20;

/** The longest videos, with the people on screen over time. */
function presenceCard() {
  const longest = videos.filter((video) => video.people.length).sort((a, b) => b.length - a.length || a.index - b.index).slice(0, 10);
  const drawn = people.filter((person) => longest.some((video) => video.people.slice(0, MAX_IN_STRIP).includes(person)));
  const inLegend = drawn.slice(0, drawn.length > MAX_IN_LEGEND ? MAX_IN_LEGEND - 1 : MAX_IN_LEGEND);
  const nMore = drawn.length - inLegend.length;
  return h('section', { class: 'card' },
    h('div', { class: 'card-head' }, h('h2', {}, 'People on screen over time'), h('a', { href: href(['videos']) }, longest.length < videos.length ? `The ${longest.length} longest of ${formatCount(videos.length)} videos` : 'All videos')),
    h('ul', { class: 'presence-list' }, longest.map((video) => h('li', {}, h('a', { href: href(['video', video.id]) }, video.id), presenceStrip(video), h('span', { class: 'number soft' }, formatDuration(video.length))))),
    h('p', { class: 'key' }, inLegend.map(personLink), nMore > 0 && h('a', { href: href(['people']) }, `and ${formatCount(nMore)} more`)));
}

function incompleteTable(rows) {
  const box = h('div');
  const state = { sort: 'status', down: true };
  const show = () => box.replaceChildren(sortableTable({
    caption: 'Videos that could not be analysed completely, with the reason', rows, state, onsort: show, noun: 'videos',
    columns: [
      { key: 'id', title: 'video', of: (video) => video.id, cell: (video) => h('a', { href: href(['video', video.id]) }, video.id) },
      { key: 'status', title: 'status', of: (video) => video.status, cell: (video) => statusBadge(video.status) },
      { key: 'reason', title: 'reason', of: (video) => video.reason || '', cell: (video) => video.reason || corpus.statuses[video.status], class: 'text' },
    ],
  }));
  show();
  return box;
}
