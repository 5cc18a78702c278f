// Names that were given on this page. They change nothing but a people.tsv to save: the lines of the
// user's own, and a row for each further person found, where rows of one name are one person.

// What the present view draws anew when a name changes, on whichever card.
let redraws = [];
const whileShown = (redraw) => redraws.push(redraw);

const names = (() => {
  const edits = new Map();
  const listeners = [];
  // Of this corpus: another one's page may lie at the same place.
  const store = `names of ${corpus.key} at ${location.pathname}`;
  // Names given on an earlier page, to points in faces where nobody was found now.
  let strays = [];
  let saved = true;

  const key = (one) => one.place.join(' ');
  const now = (one) => (edits.has(one) ? edits.get(one) : one.saved);

  // A page that was opened from a file may not be allowed to keep anything.
  function keep() {
    try {
      const rows = [...[...edits].map(([one, name]) => [key(one), name]), ...strays];
      if (rows.length) localStorage.setItem(store, JSON.stringify(rows));
      else localStorage.removeItem(store);
    } catch { /* then the edits last as long as the page */ }
  }

  /** What was given before and is not in the tables yet; what is, the browser forgets. */
  function restore() {
    try {
      const own = corpus.names.lines.filter((line) => typeof line !== 'string');
      const byKey = new Map(own.map(([index, [, , ...place]]) => [place.join(' '), found[index]]));
      found.forEach((one) => byKey.set(key(one), one));
      for (const [place, name] of JSON.parse(localStorage.getItem(store) || '[]')) {
        const one = byKey.get(place);
        if (typeof name !== 'string') continue;
        if (!one) strays.push([place, name]);
        else if (name !== one.saved) edits.set(one, name);
      }
    } catch { /* nothing was kept */ }
    keep();
    saved = !edits.size;
  }

  function set(one, name) {
    if (name === one.saved) edits.delete(one);
    else edits.set(one, name);
  }

  function changed() {
    saved = !edits.size;
    keep();
    listeners.forEach((listener) => listener());
  }

  /** The name as it can stand in people.tsv. */
  const tidy = (name) => name.replace(/[\t\r\n]+/g, ' ').trim().normalize('NFC');

  const fault = (name) => (name.startsWith('#') ? 'A name cannot start with #: such lines are comments in people.tsv.' : '');

  /** A person's name, that of its first row. */
  const of = (person) => (person.found.length ? now(person.found[0]) : person.name);
  const label = (person) => of(person) || person.id;
  const rename = (person, name) => {
    person.found.forEach((one) => set(one, name));
    changed();
  };

  const named = (name) => (name ? found.filter((one) => now(one) === name) : []);

  /** Others who will be the same person, since some row of theirs has the same name. */
  function joined(person) {
    const rows = person.found.flatMap((one) => named(now(one)));
    return [...new Set(rows.map((one) => one.person))].filter((other) => other !== person);
  }

  /** A moment at which both are on screen, so that they can hardly be one person; or null. */
  function together(person, other) {
    const slack = 200;
    for (const video of person.videos) {
      if (!video.people.includes(other)) continue;
      const [mine, theirs] = [person, other].map((who) => video.tracks.filter((track) => track.person === who));
      for (const a of mine) {
        const b = theirs.find((track) => track.start < a.end - slack && a.start < track.end - slack);
        if (b) return { video, time: Math.max(a.start, b.start) };
      }
    }
    return null;
  }

  /** The user's own lines with the names of now, then everybody who has no row among them. */
  function text() {
    const own = new Set();
    const row = ([index, [id, name, ...place]]) => {
      const one = found[index];
      own.add(one);
      return [id, edits.has(one) ? edits.get(one) : name, ...place].join('\t');
    };
    const lines = corpus.names.lines.map((line) => (typeof line === 'string' ? line : row(line)));
    const others = found.filter((one) => !own.has(one)).map((one) => [one.id, now(one), ...one.place].join('\t'));
    return [...lines, ...others].map((line) => `${line}\n`).join('');
  }

  restore();
  window.addEventListener('beforeunload', (event) => {
    if (edits.size && !saved) event.preventDefault();
  });

  return {
    of, label, now, rename, tidy, fault, joined, together, text,
    get changes() { return [...edits.keys()].sort((a, b) => a.index - b.index); },
    get saved() { return saved; },
    /** All names in use, once each. */
    get known() { return [...new Set(found.map(now).filter(Boolean))].sort((a, b) => a.localeCompare(b)); },
    setRow: (one, name) => { set(one, name); changed(); },
    undo: (one) => { edits.delete(one); changed(); },
    discard: () => { edits.clear(); strays = []; changed(); },
    get strays() { return strays; },
    exported: () => { saved = true; listeners.forEach((listener) => listener()); },
    onchange: (listener) => listeners.push(listener),
    /** A name for two who have none yet. */
    fresh: () => {
      let number = 1;
      while (named(`Person ${number}`).length) number += 1;
      return `Person ${number}`;
    },
  };
})();
