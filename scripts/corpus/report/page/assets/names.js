// Names that the user typed on this page. They change no table: their only output is a people.tsv to
// save, with the lines of the user's file and one row for each cluster that has no line there.

// Functions of the present view to call when any name changes.
let viewListeners = [];
const whenNamesChange = (update) => viewListeners.push(update);

const names = (() => {
  const edits = new Map();
  const listeners = [];
  const kept = browserList('names of', {
    keyOf: ([anchor]) => anchor,
    isEntry: (value) => Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string'),
    onother() {
      read();
      saved = isSaved();
      notify();
    },
    what: 'the names that you typed',
    save: ['Save people.tsv', () => {
      downloadText(corpus.names.file.split('/').pop(), text(), 'text/tab-separated-values');
      markSaved();
    }],
  });
  // What was saved last, so that the names are not called unsaved after a reload.
  const keptText = browserStore('saved names of', () => { saved = isSaved(); notify(); });
  // Pairs of anchor and name from an earlier page, if no cluster is at this anchor now.
  let unmatchedEdits = [];
  let saved = true;

  const anchorKey = (cluster) => cluster.anchor.join(' ');
  const ofCluster = (cluster) => (edits.has(cluster) ? edits.get(cluster) : cluster.savedName);

  function store() {
    kept.write([...[...edits].map(([cluster, name]) => [anchorKey(cluster), name]), ...unmatchedEdits]);
  }

  const clustersByAnchor = memoize(() => {
    const fileRows = corpus.names.lines.filter((line) => typeof line !== 'string');
    const clusterAt = new Map(fileRows.map(([index, [, , ...anchor]]) => [anchor.join(' '), clusters[index]]));
    clusters.forEach((cluster) => clusterAt.set(anchorKey(cluster), cluster));
    return clusterAt;
  });

  /** Take over what the browser keeps, also names that were typed in another tab since. Forgets those that the tables contain by now. */
  function read() {
    edits.clear();
    unmatchedEdits = [];
    for (const [anchor, name] of kept.read()) {
      const cluster = clustersByAnchor().get(anchor);
      if (!cluster) unmatchedEdits.push([anchor, name]);
      else if (name !== cluster.savedName) edits.set(cluster, name);
    }
  }

  function set(cluster, name) {
    if (name === cluster.savedName) edits.delete(cluster);
    else edits.set(cluster, name);
  }

  const notify = () => listeners.forEach((listener) => listener());

  function changed() {
    saved = !edits.size;
    store();
    notify();
  }

  /** The name in the form that people.tsv can hold. */
  const normalise = (name) => name.replace(/[\t\r\n]+/g, ' ').trim().normalize('NFC');

  const formatCells = (cells) => cells.map(guardCell).join('\t');

  /** What is wrong with a name, or an empty text. */
  const validate = (name) => (name.startsWith('#') ? 'A name cannot start with #, because such lines are comments in people.tsv.' : '');

  /** The name of a person: that of the first cluster. */
  const of = (person) => (person.clusters.length ? ofCluster(person.clusters[0]) : person.name);
  const label = (person) => of(person) || person.id;
  /** The label, with the id if another person has the same name, as those who will be merged. */
  const distinctLabel = (person) => (mergedWith(person).length ? `${label(person)} (${person.id})` : label(person));
  const rename = (person, name) => {
    read();
    person.clusters.forEach((cluster) => set(cluster, name));
    changed();
  };

  const clustersNamed = (name) => (name ? clusters.filter((cluster) => ofCluster(cluster) === name) : []);

  /** A placeholder name that nobody has, to merge two people without a name. */
  function newName() {
    let number = 1;
    while (clustersNamed(`Person ${number}`).length) number += 1;
    return `Person ${number}`;
  }

  /** Other people who will be merged with this person, because a cluster of theirs has the same name. */
  function mergedWith(person) {
    const sameName = person.clusters.flatMap((cluster) => clustersNamed(ofCluster(cluster)));
    return [...new Set(sameName.map((cluster) => cluster.person))].filter((other) => other !== person);
  }

  /** Give two people the same name, so that the next run merges them. Returns the name. */
  function merge(person, other) {
    read();
    const name = of(other) || of(person) || newName();
    rename(other, name);
    rename(person, name);
    return name;
  }

  /** A moment at which both are on screen, which suggests that they are two people; or null. */
  function momentTogether(person, other) {
    const toleranceMs = 200;
    for (const video of person.videos) {
      if (!video.people.includes(other)) continue;
      // A person can be on screen together with pictures and copies.
      const [ownTracks, otherTracks] = [person, other].map((each) => tracksOf(video, each).filter((track) => track.kind === 'person'));
      for (const a of ownTracks) {
        const b = otherTracks.find((track) => track.start < a.end - toleranceMs && a.start < track.end - toleranceMs);
        if (b) return { video, time: Math.max(a.start, b.start) };
      }
    }
    return null;
  }

  /** The text of the new people.tsv: the lines of the user's file, then the clusters without a line. */
  function text() {
    const inFile = new Set();
    const formatRow = ([index, [id, name, ...anchor]]) => {
      const cluster = clusters[index];
      inFile.add(cluster);
      return formatCells([id, edits.has(cluster) ? edits.get(cluster) : name, ...anchor]);
    };
    const lines = corpus.names.lines.map((line) => (typeof line === 'string' ? line : formatRow(line)));
    const others = clusters.filter((cluster) => !inFile.has(cluster)).map((cluster) => formatCells([cluster.id, ofCluster(cluster), ...cluster.anchor]));
    return [...lines, ...others].map((line) => `${line}\n`).join('');
  }

  const isSaved = () => !edits.size || keptText.read() === text();
  function markSaved() {
    saved = true;
    keptText.write(text());
    notify();
  }

  read();
  store();
  saved = isSaved();
  window.addEventListener('beforeunload', (event) => {
    if (edits.size && !saved) event.preventDefault();
  });

  return {
    of, label, distinctLabel, ofCluster, rename, merge, normalise, validate, mergedWith, momentTogether, text,
    /** Clusters with a changed name. */
    get changed() { return [...edits.keys()].sort((a, b) => a.index - b.index); },
    get saved() { return saved; },
    /** All names in use, each once. */
    get inUse() { return [...new Set(clusters.map(ofCluster).filter(Boolean))].sort((a, b) => a.localeCompare(b)); },
    get unmatchedEdits() { return unmatchedEdits; },
    renameCluster: (cluster, name) => { read(); set(cluster, name); changed(); },
    undo: (cluster) => { read(); edits.delete(cluster); changed(); },
    discard: () => { edits.clear(); unmatchedEdits = []; changed(); },
    markSaved,
    onchange: (listener) => listeners.push(listener),
  };
})();
