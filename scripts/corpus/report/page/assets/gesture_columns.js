// The columns of the list of gestures: which are shown, and how wide they are.

const numberText = (value, digits = 2) => (Number.isNaN(value) ? '–' : value.toFixed(digits));
const SYMBOL_PX = 20;

/**
 * The columns of every corpus. `text(gesture)` is the whole text of a cell, and `cell` how it is shown otherwise.
 * `flexible` columns get narrower where the window is small, but not than this number of pixels. Of `name` columns the middle is shortened.
 */
const GESTURE_COLUMNS = [
  { key: 'person', title: 'person', flexible: 64, extra: SYMBOL_PX, text: (gesture) => (gesture.person ? names.label(gesture.person) : 'no face'), cell: (gesture, text) => (gesture.person ? h('span', { class: 'who' }, personSymbol(gesture.person), text) : text) },
  { key: 'video', title: 'video', flexible: 88, text: (gesture) => gesture.video.id, cell: (_, text) => middleShortened(text) },
  { key: 'time', title: 'time', number: true, text: (gesture) => formatClock(gesture.start - gesture.video.zero) },
  { key: 'hand', title: 'hand', text: (gesture) => gesture.hand },
  { key: 'length', title: 'length', number: true, text: (gesture) => formatDuration(gesture.end - gesture.start) },
  { key: 'speed', title: 'speed', number: true, hint: 'highest speed, shoulder widths per second', text: (gesture) => numberText(gesture.peak_speed, 1) },
  { key: 'size', title: 'size', number: true, hint: 'shoulder widths', text: (gesture) => numberText(gesture.extent, 1) },
  { key: 'region', title: 'region', flexible: 72, text: (gesture) => gesture.region || '–' },
  { key: 'seen', title: 'seen', text: (gesture) => (gesture.start_seen === 1 && gesture.end_seen === 1 ? 'whole' : 'cut') },
  { key: 'marked', title: 'mark', text: (gesture) => (marks.isMarked(gesture) ? '★' : ''), cell: (_, text) => text && [text, h('span', { class: 'visually-hidden' }, 'marked')] },
  { key: 'note', title: 'note', flexible: 72, text: (gesture) => marks.note(gesture) },
];
/** Beside the player, a window of medium width has no room for these columns, unless somebody chooses them. */
const LEFT_OUT_COLUMNS = new Set(['size', 'region', 'seen', 'note']);
const isMediumWindow = () => window.matchMedia('(min-width: 64rem) and (max-width: 79.99rem)').matches;

/** A text of which the middle is left out where it is too long: the ends of ids distinguish them. */
function middleShortened(text) {
  const end = [...text].slice(-5).join('');
  return h('span', { class: 'middle' }, h('span', {}, text.slice(0, text.length - end.length)), h('span', {}, end));
}

/** The column of a field that is not one of `GESTURE_COLUMNS`. */
function fieldColumn(name, each) {
  const isNumber = each.type === 'number';
  return { key: 'extra', field: name, title: name, number: isNumber, flexible: isNumber ? undefined : 72, text: (gesture) => fieldText(each, gesture.index) };
}

/** The chosen columns, by key or name of the field. */
const columnStore = browserStore('columns of gestures in');

/**
 * The columns of the list, as an object with `columns()`, their choice as an element, and `setFields(fields)`.
 * The browser keeps the choice. `added` is a field that is shown besides, and `onchange()` is called after a choice.
 */
function gestureColumns(fields, added, onchange) {
  const isShownAlways = new Set(GESTURE_COLUMNS.map(({ key }) => key));
  let chosen = null;
  const defaults = () => [...isShownAlways].filter((key) => !isMediumWindow() || !LEFT_OUT_COLUMNS.has(key));
  function keys() {
    const kept = chosen || columnStore.read();
    const known = Array.isArray(kept) ? kept.filter((key) => isShownAlways.has(key) || fields.has(key)) : [];
    return new Set([...(known.length ? known : defaults()), ...(added ? [added] : [])]);
  }
  function columns() {
    const shown = keys();
    const common = GESTURE_COLUMNS.filter(({ key }) => shown.has(key));
    const more = extraColumns(fields).filter(([name]) => shown.has(name)).map(([name, each]) => fieldColumn(name, each));
    const at = common.findIndex(({ key }) => key === 'marked' || key === 'note');
    return at < 0 ? [...common, ...more] : [...common.slice(0, at), ...more, ...common.slice(at)];
  }
  function choose(value) {
    chosen = value;
    added = '';
    columnStore.write(value);
    onchange();
  }
  const list = h('div', { class: 'column-list' });
  const element = h('details', { class: 'column-choice', ontoggle: () => { if (element.open) drawChoice(); },
    onkeydown: (event) => {
      if (event.key !== 'Escape') return;
      element.open = false;
      element.firstChild.focus();
    },
    onfocusout: (event) => { if (event.relatedTarget && !element.contains(event.relatedTarget)) element.open = false; } }, h('summary', {}, 'Columns'), list);
  function drawChoice() {
    const shown = keys();
    const more = extraColumns(fields);
    const box = (key, title) => {
      const label = checkbox(title, shown.has(key), (isOn) => {
        const next = keys();
        if (isOn) next.add(key);
        else next.delete(key);
        choose([...next]);
      });
      label.firstChild.dataset.column = key;
      return label;
    };
    const group = (title, boxes) => boxes.length > 0 && h('fieldset', {}, h('legend', {}, title), boxes);
    list.replaceChildren(...[
      group('Always known', GESTURE_COLUMNS.map(({ key, title }) => box(key, title))),
      group('Yours', more.filter(([, { own }]) => own).map(([name]) => box(name, name))),
      group('More measures', more.filter(([, { own }]) => !own).map(([name]) => box(name, name))),
      h('button', { type: 'button', class: 'quiet', onclick: () => { choose(null); drawChoice(); } }, 'Default columns'),
    ].filter(Boolean));
  }
  return { element, columns, added: () => added, setFields(known) { fields = known; } };
}

const textContext = memoize(() => document.createElement('canvas').getContext('2d'));
/** The width of a text in pixels, in a font as in CSS. */
function measuredWidth(text, font) {
  textContext().font = font;
  return textContext().measureText(text).width;
}

const WIDTH_SAMPLE = 200;
const WIDEST_PX = 260;
const CELL_GAP_PX = 9;
const SORT_ARROW_PX = 14;
const LINKS_PX = 90;

/**
 * The columns of a CSS grid for `columns`, and the least width (px) of a row: wide enough for the heads and for the texts of
 * the rows, of which `WIDTH_SAMPLE` are measured. The head of the column `sorted` has an arrow. `widthOf(text)` measures in pixels.
 */
function columnWidths(columns, gestures, rows, sorted, widthOf) {
  const step = Math.max(1, Math.floor(rows.length / WIDTH_SAMPLE));
  const sample = rows.filter((_, position) => position % step === 0).slice(0, WIDTH_SAMPLE).map((row) => gestureAt(gestures, row));
  const tracks = columns.map(({ key, field: name, title, text, flexible, extra = 0 }) => {
    const widest = sample.reduce((width, gesture) => Math.max(width, widthOf(String(text(gesture))) + extra), widthOf(title) + (sorted === (name || key) ? SORT_ARROW_PX : 0));
    const width = Math.ceil(Math.min(widest, WIDEST_PX)) + 1;
    return flexible ? [Math.min(flexible, width), width] : [width, width];
  });
  const template = [[48, 48], ...tracks, [LINKS_PX, LINKS_PX]];
  return {
    template: template.map(([least, most]) => (least === most ? `${least}px` : `minmax(${least}px, ${most}px)`)).join(' '),
    least: template.reduce((width, [least]) => width + least + CELL_GAP_PX, 2 * CELL_GAP_PX),
  };
}
