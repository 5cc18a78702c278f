// Values that this browser keeps for this page, such as marks: shared with other tabs that show the same page.

/** The stores whose present value this browser does not keep. */
const unkeptStores = new Set();

/** Say at the bottom of the window what this browser does not keep, and offer to save it; or hide this bar. */
function updateUnkeptBar() {
  const bar = document.getElementById('not-kept');
  bar.hidden = !unkeptStores.size;
  document.body.classList.toggle('has-unkept', unkeptStores.size > 0);
  if (bar.hidden) return bar.replaceChildren();
  const stores = [...unkeptStores];
  const what = stores.map((store) => store.what).join(' and ');
  const message = `This browser does not keep ${what}: its storage is full or not allowed. They are lost when you close this page, unless you save them.`;
  const buttons = stores.map(({ save: [text, run] }) => h('button', { type: 'button', class: 'quiet', onclick: run }, text));
  // Not again with each key that is pressed.
  if (bar.dataset.what === what && bar.childElementCount) return undefined;
  bar.dataset.what = what;
  return bar.replaceChildren(h('span', { role: 'alert' }, message), ...buttons);
}

/** What is at the end of the keys of all values of this page: another corpus may have its page at the same address. */
const storageSuffix = () => ` ${corpus.key} at ${location.pathname}`;

/** Delete all that this browser keeps for this corpus; other tabs follow. */
function forgetKeptValues() {
  try {
    Object.keys(localStorage).filter((key) => key.endsWith(storageSuffix())).forEach((key) => localStorage.removeItem(key));
  } catch { /* nothing is kept */ }
}

/**
 * A store of one JSON value under a name. `read()` gives the value that is kept now, which another tab may have changed, or null;
 * `write(value)` keeps it, null removes it. `onother` is called after another tab has changed the value. If the value cannot be kept, a bar says
 * that `what` is lost, and has a button `save`: its text and what it does. Without `save`, nothing is said.
 *
 * Read the value directly before each change, and write only the changed value: what other tabs have written is then not lost.
 * Browsers may refuse to keep anything for a page that was opened from a file; `isKept` is false after that.
 */
function browserStore(name, { onother, what = '', save = null }) {
  const key = `${name}${storageSuffix()}`;
  const store = {
    what, save,
    isKept: true,
    read() {
      try {
        return JSON.parse(localStorage.getItem(key) || 'null');
      } catch { return null; }
    },
    write(value) {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, JSON.stringify(value));
        store.isKept = true;
      } catch { store.isKept = false; }
      if (store.isKept || value === null || !save) unkeptStores.delete(store);
      else unkeptStores.add(store);
      updateUnkeptBar();
    },
  };
  // The key of the event is null if all values were removed.
  window.addEventListener('storage', (event) => {
    if (event.storageArea === localStorage && (event.key === key || event.key === null)) onother();
  });
  return store;
}
