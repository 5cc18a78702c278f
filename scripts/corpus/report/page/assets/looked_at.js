// Which entries of the view Check were looked at; this browser remembers them.

const lookedAt = (() => {
  // The key of the corpus is part of the name: another corpus may have its page at the same address.
  const storageKey = `looked at in ${corpus.key} at ${location.pathname}`;
  const keys = new Set();
  const listeners = [];

  // Browsers may refuse localStorage to a page that was opened from a file.
  try {
    for (const key of JSON.parse(localStorage.getItem(storageKey) || '[]')) if (typeof key === 'string') keys.add(key);
  } catch { /* nothing was stored */ }

  function store() {
    try {
      // Entries that this page does not list are kept: they may be listed again after the next run.
      if (keys.size) localStorage.setItem(storageKey, JSON.stringify([...keys]));
      else localStorage.removeItem(storageKey);
    } catch { /* it then lasts until the page is closed */ }
  }

  return {
    has: (entry) => keys.has(entry.key),
    set(entry, isLookedAt) {
      if (isLookedAt) keys.add(entry.key);
      else keys.delete(entry.key);
      store();
      listeners.forEach((listener) => listener());
    },
    onchange: (listener) => listeners.push(listener),
  };
})();
