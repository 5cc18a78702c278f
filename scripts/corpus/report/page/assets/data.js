// The data that the workflow laid into this page. Times are whole milliseconds on the container's
// clock; what players show is that minus the video's zero.

const readBlock = (id) => JSON.parse(document.getElementById(id).textContent);

const corpus = readBlock('corpus');

/** Objects from columns: {id: ['a', 'b']} gives [{index: 0, id: 'a'}, {index: 1, id: 'b'}]. */
function rowsOf(columns) {
  const names = Object.keys(columns);
  return (columns.id || columns.start).map((_, index) => {
    const row = { index };
    for (const name of names) row[name] = columns[name][index];
    return row;
  });
}

const videos = rowsOf(corpus.videos);
const people = rowsOf(corpus.people);
const found = corpus.found.cells.map((cells, index) => ({
  index,
  id: cells[0],
  saved: cells[1],
  place: cells.slice(2),
  person: people[corpus.found.person[index]],
}));
const tracks = rowsOf(corpus.tracks);

for (const video of videos) {
  video.tracks = [];
  video.people = [];
  video.own = Object.keys(corpus.own).map((name) => [name, corpus.own[name][video.index]]);
  video.end = video.start + video.length;
}
for (const person of people) {
  person.found = [];
  person.tracks = [];
  person.videos = [];
}
for (const one of found) one.person.found.push(one);
for (const track of tracks) {
  track.video = videos[track.video];
  track.found = found[track.found];
  track.person = track.found.person;
  track.video.tracks.push(track);
  track.person.tracks.push(track);
  if (!track.video.people.includes(track.person)) {
    track.video.people.push(track.person);
    track.person.videos.push(track.video);
  }
}

for (const video of videos) video.people.sort((a, b) => a.index - b.index);

const videoOf = new Map(videos.map((video) => [video.id, video]));
const personOf = new Map(people.map((person) => [person.id, person]));
const isWhole = (video) => video.status === 'ok' || video.status === 'truncated';
const anyGestures = videos.some((video) => video.gestures > 0);

const remembered = (make) => {
  let value;
  return () => (value = value === undefined ? make() : value);
};

/** Shots, curves and gestures of one video, read when they are first looked at. */
function detailsOf(video) {
  video.details = video.details || readBlock(`video-${video.index}`);
  return video.details;
}

/** Faces by person, the best first; read when the first is shown. */
const facesByPerson = remembered(() => {
  const faces = new Map();
  for (const face of readBlock('pictures')) {
    const { person } = found[face.found];
    if (!faces.has(person)) faces.set(person, []);
    faces.get(person).push({ ...face, found: found[face.found], video: videos[face.video] });
  }
  return faces;
});
const facesOf = (person) => facesByPerson().get(person) || [];

// Words for numbers ------------------------------------------------------------------------------

const count = (number) => number.toLocaleString('en');
const several = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** How long: 40 ms, 5.0 s, 3 min 20 s, 1 h 05 min. */
function lasting(ms) {
  if (ms > 0 && ms < 950) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  const hours = Math.floor(minutes / 60);
  return `${count(hours)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** When: 0:03.2, 12:05.0, 1:02:03. */
function clock(ms, digits = 1) {
  const unit = 10 ** (3 - digits);
  const total = Math.floor((Math.abs(ms) + 1e-6) / unit) * unit;
  const seconds = (total / 1000) % 60;
  const minutes = Math.floor(total / 60000) % 60;
  const hours = Math.floor(total / 3600000);
  const tail = seconds.toFixed(digits).padStart(digits ? 3 + digits : 2, '0');
  const head = hours ? `${hours}:${String(minutes).padStart(2, '0')}` : String(minutes);
  return `${ms < 0 ? '−' : ''}${head}:${tail}`;
}

function percent(share) {
  if (share === null || share === undefined) return '–';
  if (share > 0 && share < 0.005) return '<1%';
  return `${Math.round(share * 100)}%`;
}

const withoutAccents = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether every word of what is searched for is somewhere in the text. */
function matches(query, text) {
  const haystack = withoutAccents(text);
  return withoutAccents(query).split(/\s+/).every((word) => haystack.includes(word));
}
