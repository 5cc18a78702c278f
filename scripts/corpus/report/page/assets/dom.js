// Functions that build elements. Strings are inserted as text, never parsed as markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') {
      for (const [key, setting] of Object.entries(value)) element.style.setProperty(key, setting);
    } else if (['value', 'checked', 'selected'].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const h = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

let nextId = 0;
const newId = (prefix) => `${prefix}-${(nextId += 1)}`;

/** Announce a text to screen readers, without moving the focus. */
function announce(text) {
  document.getElementById('announcement').textContent = text;
}

/** A form control with its label above it. */
function field(label, control, hint) {
  control.id = control.id || newId('field');
  const parts = [h('label', { for: control.id }, label), control];
  if (hint) {
    const id = newId('hint');
    control.setAttribute('aria-describedby', id);
    parts.push(h('small', { id }, hint));
  }
  return h('div', { class: 'field' }, parts);
}

/** Show a text in a field, in which somebody may be writing: the cursor stays. */
function setFieldText(input, text) {
  if (input.value === text) return;
  const { selectionStart, selectionEnd } = input;
  input.value = text;
  if (input === document.activeElement) input.setSelectionRange(selectionStart, selectionEnd);
}

/** A drop-down list; `options` are pairs of value and text. */
function selectBox(options, value, onchange) {
  const elements = options.map(([key, text]) => h('option', { value: key, selected: key === value }, text));
  return h('select', { onchange: (event) => onchange(event.target.value) }, elements);
}

function checkbox(label, checked, onchange) {
  const box = h('input', { type: 'checkbox', checked, onchange: (event) => onchange(event.target.checked) });
  return h('label', { class: 'checkbox' }, box, h('span', {}, label));
}

/** Delay `action` until it has not been called again for `ms`, for example until typing stops. */
function debounce(action, ms = 120) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(action, ms, ...args);
  };
}

const searchField = (label, value, onsearch) => {
  // Somebody may leave the view right after typing; the address is then that of another view.
  const search = debounce((text) => { if (box.isConnected) onsearch(text); });
  const box = h('input', {
    type: 'search', value, autocomplete: 'off', spellcheck: 'false',
    oninput: (event) => search(event.target.value),
  });
  return field(label, box);
};

/** A link within this page, from the parts of its path and the query after the question mark. */
function href(parts, query = {}) {
  const path = parts.map(encodeURIComponent).join('/');
  const entries = Object.entries(query).filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false);
  const search = new URLSearchParams(entries).toString();
  return `#/${path}${search ? `?${search}` : ''}`;
}
/** A link to a moment of a video; `t` is in seconds on the clock of the tables. */
const momentHref = (video, ms) => href(['video', video.id], { t: ms / 1000 });

// People -----------------------------------------------------------------------------------------

// Paths in a box of 10 x 10. Colour and shape together distinguish 48 people. The name always stands
// beside the symbol. Both follow from the person's id: scripts/corpus/core/person_colours.py.
const SHAPES = [
  'M5 .6a4.4 4.4 0 1 0 0 8.8a4.4 4.4 0 1 0 0-8.8z',
  'M1 1h8v8H1z',
  'M5 .4L9.8 9H.2z',
  'M5 0L10 5L5 10L0 5z',
  'M5 9.6L.2 1H9.8z',
  'M3.4 0h3.2v3.4H10v3.2H6.6V10H3.4V6.6H0V3.4h3.4z',
];
/** The CSS colour of a person: the same in overlays and plots, and when people are added. */
const colourOf = (person) => (person ? `var(--p${person.colour})` : 'var(--soft)');

/** The shape of a person in the middle of (x, y), `size` pixels wide, for plots; a circle for nobody. */
function personMark(person, x, y, size, attributes = {}) {
  const place = `translate(${x - size / 2} ${y - size / 2}) scale(${size / 10})`;
  return svg('path', { d: SHAPES[person ? person.shape : 0], transform: place, style: { fill: colourOf(person) }, ...attributes });
}

/** The coloured symbol of a person. */
function personSymbol(person) {
  return svg('svg', { class: 'symbol', viewBox: '0 0 10 10', 'aria-hidden': 'true', style: { color: colourOf(person) } },
    svg('path', { d: SHAPES[person.shape], fill: 'currentColor' }));
}

const initials = (label) => {
  const words = label.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0].toUpperCase()).join('');
};

/** A person's best face, or initials if the page has no pictures. The name stands beside it. */
function avatar(person, size = '') {
  const [best] = facesOf(person);
  const style = { '--person': colourOf(person) };
  if (best) return h('img', { class: `face ${size}`, src: best.src, alt: '', style, loading: 'lazy' });
  const name = names.of(person);
  const letters = name ? initials(name) : person.id.replace(/^p0*/, '');
  return h('span', { class: `face initials ${size}`, style, 'aria-hidden': 'true' }, letters);
}

const personLink = (person) =>
  h('a', { class: 'who', href: href(['person', person.id]) }, personSymbol(person), h('span', {}, names.label(person)));

/** How many people a strip shows: those who are longest on screen. */
const MAX_IN_STRIP = 6;

/**
 * A small picture for lists: which people are on screen at which times. Hidden from screen readers,
 * because the text beside it names the people.
 */
function presenceStrip(video) {
  const picture = svg('svg', { class: 'strip', viewBox: `0 0 ${Math.max(video.length, 1)} 8`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  const rows = video.people.slice(0, MAX_IN_STRIP);
  rows.forEach((person, row) => {
    const top = (row * 8) / rows.length;
    const d = tracksOf(video, person).filter((track) => track.kind !== 'copy').map((track) => `M${track.start - video.start} ${top}H${track.end - video.start}v${8 / rows.length - 0.6}H${track.start - video.start}z`).join('');
    picture.append(svg('path', { d, style: { fill: colourOf(person) } }));
  });
  return h('span', { class: 'strip-box', style: { '--share': video.length / longestLength() } }, picture);
}
const longestLength = memoize(() => Math.max(1, ...videos.map((video) => video.length)));

function statusBadge(status) {
  return h('span', { class: `badge ${status}` }, status.replace('_', ' '));
}
