// Buttons and a field for the verdict and the note about an entry of the view Check, and the bar of an entry above its video.

/**
 * An element with the buttons for the verdict about an entry, and the field for its note; `element.update()` shows what is kept now.
 * `onset()` is called after the verdict has changed.
 */
function verdictTools(entry, onset) {
  const statement = STATEMENTS[entry.kind](entry);
  const buttons = h('span', { class: 'verdict-buttons', role: 'group', 'aria-label': 'What did you find?' });
  const note = h('input', { type: 'text', class: 'verdict-note', autocomplete: 'off', placeholder: 'Note', oninput: (event) => verdicts.set(entry, { note: event.target.value }) });
  const button = (text, verdict) => h('button', { type: 'button', 'data-verdict': verdict, 'aria-label': `${text}: ${statement}`, onclick: () => {
    verdicts.set(entry, { verdict });
    element.update();
    announce(`${verdict ? text : 'Not looked at yet'}. ${countLeft()}`);
    buttons.querySelector('button').focus();
    onset();
  } }, text);
  const element = h('div', { class: 'verdict' }, buttons, h('label', {}, h('span', { class: 'visually-hidden' }, `Note: ${statement}`), note));
  element.update = () => {
    const verdict = verdicts.of(entry);
    buttons.replaceChildren(...(verdict ? [h('span', { class: 'found' }, VERDICTS[verdict]), button('Undo', '')] : Object.entries(VERDICTS).map(([key, text]) => button(text, key))));
    setFieldText(note, verdicts.note(entry));
  };
  element.update();
  return element;
}

/** The address of the list of entries, at the entry with a key. */
const checkHref = (filters, key) => href(['check'], { kind: filters.kind, done: filters.done ? 1 : '', at: key });

/** The entry after another one that nobody has looked at yet, of the kind `kind` or of any kind; undefined if there is none. */
function nextEntry(entry, kind) {
  const { entries } = checkEntries();
  return entries.slice(entry.rank + 1).find((each) => (!kind || each.kind === kind) && !verdicts.has(each));
}

/** The entry that led to this view of a video, with its verdict, and the ways back and on; false if no entry led here. */
function checkBar(query) {
  const entry = query.has('check') && checkEntries().entries.find((each) => each.key === query.get('check'));
  if (!entry) return false;
  const kind = query.get('kind') || '';
  const links = h('span', { class: 'bar-links' });
  const tools = verdictTools(entry, () => show());
  function show() {
    const next = nextEntry(entry, kind);
    links.replaceChildren(h('a', { href: checkHref({ kind }, entry.key) }, '← To look at'), ...(next ? [h('a', { class: 'next', href: entryHref(next, { kind }) }, 'Next entry →')] : []));
  }
  show();
  verdictListeners.push(() => tools.update());
  return h('section', { class: 'card check-bar', 'aria-label': 'To look at' }, h('p', {}, h('strong', {}, STATEMENTS[entry.kind](entry)), ' ', h('span', { class: 'soft' }, REASONS[entry.kind](entry))), h('div', { class: 'actions' }, tools, links));
}
