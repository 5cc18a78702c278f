// Values that this browser keeps for this page, such as marks: shared with other tabs that show the same page.

/**
 * A store of one JSON value under a name. `read()` gives the value that is kept now, which another tab may have changed, or null;
 * `write(value)` keeps it, null removes it. `onother` is called after another tab has changed the value.
 *
 * Read the value directly before each change, and write only the changed value: what other tabs have written is then not lost.
 * Browsers may refuse to keep anything for a page that was opened from a file; `isKept` is false after that.
 */
function browserStore(name, onother) {
  // The key of the corpus is part of the name: another corpus may have its page at the same address.
  const key = `${name} ${corpus.key} at ${location.pathname}`;
  const store = {
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
    },
  };
  // The key of the event is null if all values were removed.
  window.addEventListener('storage', (event) => {
    if (event.storageArea === localStorage && (event.key === key || event.key === null)) onother();
  });
  return store;
}
