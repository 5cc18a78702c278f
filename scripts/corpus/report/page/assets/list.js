// Long lists and tables: only the first rows are created, the next ones when the user scrolls to them.

const ROWS_PER_STEP = 40;

/**
 * Append the first items, at least `atLeast`, to `parent` and return a button that appends the next `ROWS_PER_STEP`.
 * The button also acts on its own when it scrolls into view.
 */
function growingList(parent, items, render, noun, atLeast = 0) {
  let shown = 0;
  const button = h('button', { type: 'button', class: 'more', onclick: () => showMore(true) });
  const observer = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) showMore(false);
  }, { rootMargin: '400px' });
  function showMore(byClick) {
    const next = items.slice(shown, shown + ROWS_PER_STEP).map(render);
    parent.append(...next);
    shown += next.length;
    const remaining = items.length - shown;
    button.hidden = remaining <= 0;
    button.textContent = `Show ${Math.min(remaining, ROWS_PER_STEP)} more of the remaining ${formatCount(remaining)} ${noun}`;
    if (byClick && next.length) {
      const target = next[0].querySelector('a, button, input');
      if (target) target.focus();
    }
    // Observe again: an observer reports changes only, and the button may still be in view.
    observer.unobserve(button);
    if (remaining > 0) observer.observe(button);
  }
  do showMore(false); while (shown < Math.min(atLeast, items.length));
  return button;
}

/**
 * A table with sortable columns.
 *
 * Columns: {key, title, of(row) to sort by, cell(row), number, class}. `state` holds `sort` and
 * `down`; a click on a column header changes it in place and then calls `onsort` with the column's key.
 * In a narrow window, the cells of a row of a `stacked` table stand below each other, with the titles of their columns.
 */
function sortableTable({ caption, columns, rows, state, onsort, noun, stacked }) {
  const sortColumn = columns.find((column) => column.key === state.sort) || columns[0];
  const sign = state.down ? -1 : 1;
  const sortValue = (row) => {
    const value = sortColumn.of(row);
    return value === null || value === undefined ? -Infinity : value;
  };
  const compare = (a, b) => {
    const [x, y] = [sortValue(a), sortValue(b)];
    const order = typeof x === 'string' && typeof y === 'string' ? x.localeCompare(y, 'en', { numeric: true }) : Number(x > y) - Number(x < y);
    return sign * order || a.index - b.index;
  };
  const sorted = [...rows].sort(compare);
  const head = columns.map((column) => {
    const isSorted = column.key === sortColumn.key;
    if (!column.of) return h('th', { scope: 'col', class: column.class }, column.title);
    const order = isSorted ? (state.down ? 'descending' : 'ascending') : null;
    const button = h('button', {
      type: 'button', 'data-sort': column.key,
      onclick: () => {
        state.down = isSorted ? !state.down : Boolean(column.number);
        state.sort = column.key;
        onsort(column.key);
      },
    }, column.title, isSorted && h('span', { class: 'arrow', 'aria-hidden': 'true' }, state.down ? '↓' : '↑'));
    return h('th', { scope: 'col', 'aria-sort': order, class: [column.class, column.number ? 'number' : ''].filter(Boolean).join(' ') || null }, button);
  });
  const body = h('tbody');
  const renderRow = (row) => h('tr', {}, columns.map((column, index) => h(index === 0 ? 'th' : 'td', {
    scope: index === 0 ? 'row' : null, 'data-title': stacked ? column.title : null,
    class: [column.class, column.number ? 'number' : ''].filter(Boolean).join(' ') || null,
  }, column.cell(row))));
  const table = h('table', {}, h('caption', { class: 'visually-hidden' }, caption), h('thead', {}, h('tr', {}, head)), body);
  const moreButton = growingList(body, sorted, renderRow, noun);
  const wide = h('div', { class: stacked ? 'wide stacked' : 'wide', tabindex: 0, role: 'region', 'aria-label': caption }, table);
  return h('div', {}, wide, moreButton);
}
