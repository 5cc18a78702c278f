// Keys: one list of what each key does in the view on screen, shown by the key "?".

const ALWAYS_ON_KEYS = [{ group: 'This page', keys: ['?'], text: 'Show or close this list of keys', run: () => showKeys() }];
const KEY_NAMES = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', PageUp: 'Page up', PageDown: 'Page down' };
const NAMED_KEYS = /^( |.{2,})$/;
let viewKeys = [];

/**
 * Register keys of the view that is being created; they end when another view is shown.
 *
 * Each binding: {keys: ['.', 'Shift+ArrowRight'], text, run(event)}. Without `run` the binding is only listed: an element with the focus
 * handles its keys. A key is named as in events of the browser;
 * "Shift+" stands only before the space bar and named keys such as Enter, since the shift key is
 * part of other characters. A later binding of the same key replaces an earlier one.
 */
function registerKeys(group, bindings) {
  viewKeys = [...bindings.map((binding) => ({ group, ...binding })), ...viewKeys];
}

/** Forget the keys of the view that is left. */
function forgetKeys() { viewKeys = []; }

const keyBindings = () => [...viewKeys, ...ALWAYS_ON_KEYS];

/** Whether keys belong to the element with the focus: text is typed there, or the key presses it. */
function keepsKey(element, key) {
  if (element.closest('textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])')) return true;
  return (key === ' ' || key === 'Enter') && Boolean(element.closest('a, button, summary, input, label, [role=button]'));
}

function pressedKey(event) {
  return event.shiftKey && NAMED_KEYS.test(event.key) ? `Shift+${event.key}` : event.key;
}

document.addEventListener('keydown', (event) => {
  // Some keyboards type brackets with a third shift key, which Windows reports as Ctrl and Alt.
  const modified = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState('AltGraph');
  const dialog = document.getElementById('dialog');
  if (event.defaultPrevented || modified || keepsKey(event.target, event.key)) return;
  if (dialog.open && !(event.key === '?' && dialog.querySelector('.key-list'))) return;
  const key = pressedKey(event);
  const binding = keyBindings().find((candidate) => candidate.run && candidate.keys.includes(key));
  if (!binding) return;
  event.preventDefault();
  binding.run(event);
});

const keyName = (key) => key.replace(/^Shift\+/, 'Shift + ').replace(/( |\w+)$/, (name) => KEY_NAMES[name] || name);

/** Show all keys of this view in a dialog, or close it. */
function showKeys() {
  const dialog = document.getElementById('dialog');
  if (dialog.open) {
    dialog.close();
    return;
  }
  const opener = document.activeElement;
  const groups = new Map();
  const taken = new Set();
  for (const binding of keyBindings()) {
    const keys = binding.keys.filter((key) => !taken.has(key) || !binding.run);
    if (binding.run) keys.forEach((key) => taken.add(key));
    if (!keys.length) continue;
    if (!groups.has(binding.group)) groups.set(binding.group, []);
    groups.get(binding.group).push(h('div', {}, h('dt', {}, keys.map((key, index) => [index > 0 && ' or ', h('kbd', {}, keyName(key))])), h('dd', {}, binding.text)));
  }
  dialog.replaceChildren(h('h2', { id: 'dialog-title' }, 'Keys'),
    h('div', { class: 'key-list' }, [...groups].map(([group, rows]) => h('section', {}, h('h3', {}, group), h('dl', {}, rows)))),
    h('p', { class: 'soft' }, 'Keys do nothing while you type in a field.'),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'strong', onclick: () => dialog.close() }, 'Close')));
  dialog.addEventListener('close', () => { if (opener && opener.isConnected) opener.focus({ preventScroll: true }); }, { once: true });
  dialog.showModal();
}
