// What somebody decided about entries of the view Check, with a note; this browser remembers it.

/** What an entry can be found to be, with the text of its button. */
const VERDICTS = { problem: 'Problem', fine: 'No problem', seen: 'Looked at' };

// What the current view does after verdicts were changed, also in another tab; the next view begins with none.
let verdictListeners = [];

const verdicts = (() => {
  const entries = new Map();
  const listeners = [];
  const kept = browserList('looked at in', {
    keyOf: (entry) => (typeof entry === 'string' ? entry : entry.key),
    // Earlier versions kept only the keys of entries that were looked at.
    isEntry: (value) => typeof value === 'string' || (Boolean(value) && typeof value.key === 'string' && typeof value.note === 'string'),
    onother() {
      read();
      notify();
    },
    what: 'what you found',
    save: ['Save what you found as CSV', () => downloadText(corpusFileName('looked_at.csv'), verdictsCsv([...entries.values()]))],
  });

  const notify = () => [...listeners, ...verdictListeners].forEach((listener) => listener());

  function read() {
    entries.clear();
    for (const each of kept.read()) {
      const entry = typeof each === 'string' ? { key: each, verdict: 'seen', note: '' } : each;
      entries.set(entry.key, entry);
    }
  }

  const describe = (entry) => ({ key: entry.key, kind: entry.kind, video: entry.video.id, time: entry.time, gesture: entry.gesture, person: entry.person ? entry.person.id : '', statement: STATEMENTS[entry.kind](entry) });
  const of = (entry) => (entries.get(entry.key) || {}).verdict || '';

  read();
  return {
    of,
    has: (entry) => Boolean(of(entry)),
    note: (entry) => (entries.get(entry.key) || {}).note || '',
    /** All entries with a verdict or a note, also those that this page does not list: they may be listed again after the next run. */
    all: () => [...entries.values()],
    /** Change the verdict (a key of `VERDICTS`, or nothing) or the note of an entry. */
    set(entry, change) {
      read();
      const changed = { verdict: '', note: '', ...entries.get(entry.key), ...describe(entry), ...change };
      if (changed.verdict || changed.note) entries.set(entry.key, changed);
      else entries.delete(entry.key);
      kept.write([...entries.values()]);
      notify();
    },
    onchange: (listener) => listeners.push(listener),
  };
})();

const VERDICT_COLUMNS = ['kind', 'video_id', 'time_s', 'person', 'gesture', 'verdict', 'note', 'statement'];

/** Verdicts and notes as CSV, in the form of `marksCsv`. Entries of an earlier version have no kind or moment. */
function verdictsCsv(entries) {
  const rows = entries.map((entry) => [entry.kind || entry.key, entry.video || '', Number.isFinite(entry.time) ? (entry.time / 1000).toFixed(3) : '', entry.person || '', entry.gesture ?? '', (VERDICTS[entry.verdict] || '').toLowerCase(), entry.note, entry.statement || '']);
  return csvText([VERDICT_COLUMNS, ...rows]);
}
