// Values that this browser keeps for this page, such as marks: shared with other tabs that show the same page.

/** The lists with changes that this browser does not keep. */
const unkeptLists = new Set();

/** Say at the bottom of the window what this browser does not keep, and offer to save it; or hide this bar. */
function updateUnkeptBar() {
  const bar = document.getElementById('not-kept');
  bar.hidden = !unkeptLists.size;
  document.body.classList.toggle('has-unkept', unkeptLists.size > 0);
  if (bar.hidden) return bar.replaceChildren();
  const lists = [...unkeptLists];
  const what = lists.map((list) => list.what).join(' and ');
  const message = `This browser does not keep ${what}: its storage is full or not allowed. They are lost when you close this page, unless you save them.`;
  const buttons = lists.map(({ save: [text, run] }) => h('button', { type: 'button', class: 'quiet', onclick: run }, text));
  // Not again with each key that is pressed.
  if (bar.dataset.what === what && bar.childElementCount) return undefined;
  bar.dataset.what = what;
  return bar.replaceChildren(h('span', { role: 'alert' }, message), ...buttons);
}

window.addEventListener('beforeunload', (event) => { if (unkeptLists.size) event.preventDefault(); });

/** What is at the end of the keys of all values of this page: another corpus may have its page at the same address. */
const storageSuffix = () => ` ${corpus.key} at ${location.pathname}`;

/** Delete all that this browser keeps for this corpus; other tabs follow. */
function forgetKeptValues() {
  unkeptLists.clear();
  try {
    Object.keys(localStorage).filter((key) => key.endsWith(storageSuffix())).forEach((key) => localStorage.removeItem(key));
  } catch { /* nothing is kept */ }
}

/** The value that this browser keeps under a key; null if there is none, or none that can be read. */
function keptValue(key) {
  try {
    return JSON.parse(localStorage.getItem(key) || 'null');
  } catch { return null; }
}

/** Keep a value under a key; null removes it. Returns whether the browser did: it may refuse for a page that was opened from a file. */
function keepValue(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch { return false; }
}

/** Call `onother(value)` after another tab has changed the value under a key. */
function whenOtherTabChanges(key, onother) {
  // The key of the event is null if all values were removed.
  window.addEventListener('storage', (event) => {
    if (event.storageArea === localStorage && (event.key === key || event.key === null)) onother(keptValue(key));
  });
}

/** A store of one JSON value under a name, such as a choice: `read()` gives the value that is kept now, or null. `onother()` is called after another tab has changed it. */
function browserStore(name, onother = () => {}) {
  const key = `${name}${storageSuffix()}`;
  whenOtherTabChanges(key, onother);
  return { read: () => keptValue(key), write: (value) => keepValue(key, value) };
}

/**
 * A store of a list of entries under a name, which several tabs change. `keyOf(entry)` tells entries apart, and `isEntry(value)` whether a value
 * that was found can be one. `read()` gives the present entries; `write(entries)` keeps them. `onother()` is called after another tab has changed them.
 *
 * Read the entries directly before each change: what other tabs have written is then not lost. Changes that the browser does not keep stay in
 * this page and are added to what it keeps as soon as it does. Until then a bar says that `what` is lost, and has a button `save`: its text and
 * what it does.
 */
function browserList(name, { keyOf, isEntry, onother, what, save }) {
  const key = `${name}${storageSuffix()}`;
  // Changes that are not kept, by the keys of entries: the entry, or null for one that was removed.
  const unkept = new Map();
  const byKey = (entries) => new Map(entries.map((entry) => [keyOf(entry), entry]));
  function keptEntries() {
    const found = keptValue(key);
    return byKey(Array.isArray(found) ? found.filter(isEntry) : []);
  }
  function findUnkept(entries) {
    const [before, after] = [keptEntries(), byKey(entries)];
    for (const [each, entry] of after) if (JSON.stringify(entry) !== JSON.stringify(before.get(each))) unkept.set(each, entry);
    for (const each of before.keys()) if (!after.has(each)) unkept.set(each, null);
  }
  const list = {
    what, save,
    read() {
      const entries = keptEntries();
      for (const [each, entry] of unkept) {
        if (entry) entries.set(each, entry);
        else entries.delete(each);
      }
      return [...entries.values()];
    },
    write(entries) {
      unkept.clear();
      if (!keepValue(key, entries.length ? entries : null)) findUnkept(entries);
      if (unkept.size) unkeptLists.add(list);
      else unkeptLists.delete(list);
      updateUnkeptBar();
    },
  };
  whenOtherTabChanges(key, (value) => {
    // Another tab may have made room. It may also have deleted everything on purpose, which stays so.
    if (unkept.size && value !== null) list.write(list.read());
    onother();
  });
  return list;
}
