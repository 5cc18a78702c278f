// The data that write_page.py inserts into this page as blocks of JSON, as linked objects.
//
// Times are whole milliseconds on the clock of the tables (the container's timestamps). The time
// that players show is this time minus `video.zero`.
//
// A cluster is a group of face tracks that the clustering assigned to one person; it has one row in
// people.tsv. A person is one cluster, or several clusters with the same name.

const readBlock = (id) => JSON.parse(document.getElementById(id).textContent);

const corpus = readBlock('corpus');

/** Convert columns to objects: {id: ['a', 'b']} gives [{index: 0, id: 'a'}, {index: 1, id: 'b'}]. */
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
const clusters = corpus.clusters.cells.map((cells, index) => ({
  index,
  id: cells[0],
  savedName: cells[1],
  anchor: cells.slice(2),
  person: people[corpus.clusters.person[index]],
}));
const tracks = rowsOf(corpus.tracks);

for (const video of videos) {
  video.tracks = [];
  video.people = [];
  video.manifestColumns = Object.keys(corpus.manifest_columns).map((name) => [name, corpus.manifest_columns[name][video.index]]);
  video.end = video.start + video.length;
}
for (const person of people) {
  person.clusters = [];
  person.tracks = [];
  person.videos = [];
}
for (const cluster of clusters) cluster.person.clusters.push(cluster);
const kinds = Object.keys(corpus.kinds);
for (const track of tracks) {
  track.video = videos[track.video];
  track.cluster = clusters[track.cluster];
  track.person = track.cluster.person;
  track.kind = kinds[track.kind];
  track.video.tracks.push(track);
  track.person.tracks.push(track);
  if (!track.video.people.includes(track.person)) {
    track.video.people.push(track.person);
    track.person.videos.push(track.video);
  }
}

for (const video of videos) video.people.sort((a, b) => a.index - b.index);
// The kind of a person: person if any track shows a living face, else picture, else copy.
for (const person of people) person.kind = kinds.find((kind) => person.tracks.some((track) => track.kind === kind));

const faceOf = (face) => ({ video: videos[face[0]], track: videos[face[0]].tracks.find((track) => track.track === face[1]), time: face[2], box: face[3] });
// Identities to check: the faces are those of the class CompareFaces in identity_notes.py.
const doubts = corpus.doubts.map((row, index) => ({ ...row, index, person: people[row.person], other: people[row.other], faces: row.faces.map(faceOf) }));
const overlaps = corpus.overlaps.map((row, index) => ({ ...row, index, person: people[row.person], faces: row.faces.map(faceOf) }));
const doubtsAbout = (person) => doubts.filter((doubt) => doubt.person === person || doubt.other === person);
const overlapsOf = (person) => overlaps.filter((overlap) => overlap.person === person);

const videoById = new Map(videos.map((video) => [video.id, video]));
const personById = new Map(people.map((person) => [person.id, person]));
const isDecoded = (video) => video.status === 'ok' || video.status === 'truncated';
const tracksOf = (video, person) => video.tracks.filter((track) => track.person === person);

/**
 * Time on screen (ms) of tracks of one person, as `seconds` in the table people. Times at which several tracks overlap count once.
 * Copies do not count, and pictures only for a person who is seen in pictures alone.
 */
function onScreenMs(personTracks) {
  let total = 0;
  let [video, end] = [null, 0];
  for (const track of personTracks) {
    if (track.kind !== track.person.kind || track.kind === 'copy') continue;
    if (track.video !== video) [video, end] = [track.video, -Infinity];
    total += Math.max(track.end - Math.max(track.start, end), 0);
    end = Math.max(end, track.end);
  }
  return total;
}
const anyGestures = videos.some((video) => video.gestures > 0);

/** Call `compute` on the first use only, and keep its result. */
const memoize = (compute) => {
  let value;
  return () => (value = value === undefined ? compute() : value);
};

/** Shots, speed curves and gestures of one video; its block is parsed on first use. */
function detailsOf(video) {
  video.details = video.details || readBlock(`video-${video.index}`);
  return video.details;
}

/** All face pictures; the block is parsed on first use. */
const pictures = memoize(() => readBlock('pictures').map((face) => ({ ...face, cluster: clusters[face.cluster], video: videos[face.video] })));
/** The picture of a face track, if the page has one. */
const picturesByTrack = memoize(() => new Map(pictures().map((face) => [`${face.video.index} ${face.track}`, face])));
const pictureOf = (track) => picturesByTrack().get(`${track.video.index} ${track.track}`);

/** Face pictures by person, best first. */
const facesByPerson = memoize(() => {
  const faces = new Map();
  for (const face of pictures()) {
    if (!faces.has(face.cluster.person)) faces.set(face.cluster.person, []);
    faces.get(face.cluster.person).push(face);
  }
  return faces;
});
const facesOf = (person) => facesByPerson().get(person) || [];

// Formatting of numbers and times ----------------------------------------------------------------

const formatCount = new Intl.NumberFormat('en').format;
const countNoun = (number, singular, plural = `${singular}s`) => `${formatCount(number)} ${number === 1 ? singular : plural}`;
const countPeople = (number) => countNoun(number, 'person', 'people');
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Format a duration: 40 ms, 5.0 s, 3 min 20 s, 1 h 05 min. */
function formatDuration(ms) {
  if (ms > 0 && ms < 950) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${String(rounded % 60).padStart(2, '0')} s`;
  const minutes = Math.round(rounded / 60);
  const hours = Math.floor(minutes / 60);
  return `${formatCount(hours)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Format a moment as players do: 0:03.20, 12:05.00, 1:02:03.67. It is rounded, to hundredths of a second by default. */
function formatClock(ms, digits = 2) {
  const total = Math.round(Math.abs(ms) / 10 ** (3 - digits)) * 10 ** (3 - digits);
  const seconds = (total / 1000) % 60;
  const minutes = Math.floor(total / 60000) % 60;
  const hours = Math.floor(total / 3600000);
  const tail = seconds.toFixed(digits).padStart(digits ? 3 + digits : 2, '0');
  const head = hours ? `${hours}:${String(minutes).padStart(2, '0')}` : String(minutes);
  return `${ms < 0 && total > 0 ? '−' : ''}${head}:${tail}`;
}

function formatPercent(share) {
  if (share === null || share === undefined) return '–';
  if (share > 0 && share < 0.005) return '<1%';
  return `${Math.round(share * 100)}%`;
}
