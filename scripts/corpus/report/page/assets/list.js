// Long lists: only their beginning is made, the rest as it comes into view.

const STEP = 40;

/** Put the items into `parent`, `STEP` of them and then more, at a button or on reaching it. */
function grow(parent, items, make, what) {
  let shown = 0;
  const button = h('button', { type: 'button', class: 'more', onclick: () => more(true) });
  const watch = new IntersectionObserver((seen) => {
    if (seen.some((entry) => entry.isIntersecting)) more(false);
  }, { rootMargin: '400px' });
  function more(byHand) {
    const next = items.slice(shown, shown + STEP).map(make);
    parent.append(...next);
    shown += next.length;
    const left = items.length - shown;
    button.hidden = left <= 0;
    button.textContent = `Show ${Math.min(left, STEP)} more of ${count(left)} ${what}`;
    if (byHand && next.length) {
      const target = next[0].querySelector('a, button, input');
      if (target) target.focus();
    }
    // Asked anew: an observer tells only of changes, and the button may still be in view.
    watch.unobserve(button);
    if (left > 0) watch.observe(button);
  }
  more(false);
  return button;
}

/**
 * A table whose columns can be sorted.
 *
 * Columns: {key, title, of(row) to sort by, cell(row), number, wide, head}. `state` holds
 * sort and down, and is changed in place; `changed` is called after.
 */
function sortableTable({ caption, columns, rows, state, changed, what }) {
  const by = columns.find((column) => column.key === state.sort) || columns[0];
  const sign = state.down ? -1 : 1;
  const value = (row) => {
    const given = by.of(row);
    return given === null || given === undefined ? -Infinity : given;
  };
  const compare = (a, b) => {
    const [x, y] = [value(a), value(b)];
    const order = typeof x === 'string' && typeof y === 'string' ? x.localeCompare(y, 'en', { numeric: true }) : Number(x > y) - Number(x < y);
    return sign * order || a.index - b.index;
  };
  const sorted = [...rows].sort(compare);
  const head = columns.map((column) => {
    const own = column.key === by.key;
    if (!column.of) return h('th', { scope: 'col', class: column.class }, column.title);
    const sort = own ? (state.down ? 'descending' : 'ascending') : null;
    const button = h('button', {
      type: 'button', 'data-sort': column.key,
      onclick: () => {
        state.down = own ? !state.down : Boolean(column.number);
        state.sort = column.key;
        changed(column.key);
      },
    }, column.title, own && h('span', { class: 'arrow', 'aria-hidden': 'true' }, state.down ? '↓' : '↑'));
    return h('th', { scope: 'col', 'aria-sort': sort, class: [column.class, column.number ? 'number' : ''].filter(Boolean).join(' ') || null }, button);
  });
  const body = h('tbody');
  const row = (item) => h('tr', {}, columns.map((column, place) => h(place === 0 ? 'th' : 'td', {
    scope: place === 0 ? 'row' : null,
    class: [column.class, column.number ? 'number' : ''].filter(Boolean).join(' ') || null,
  }, column.cell(item))));
  const table = h('table', {}, h('caption', { class: 'unseen' }, caption), h('thead', {}, h('tr', {}, head)), body);
  const more = grow(body, sorted, row, what);
  const wide = h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': caption }, table);
  return h('div', {}, wide, more);
}
