// Elements from data. Text is always text: nothing here takes markup.

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
const newId = (what) => `${what}-${(nextId += 1)}`;

/** Tell a screen reader, without moving the focus. */
function say(text) {
  document.getElementById('said').textContent = text;
}

/** A field with its label above it. */
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

function choice(options, value, onchange) {
  const made = options.map(([key, text]) => h('option', { value: key, selected: key === value }, text));
  return h('select', { onchange: (event) => onchange(event.target.value) }, made);
}

function tick(label, checked, onchange) {
  const box = h('input', { type: 'checkbox', checked, onchange: (event) => onchange(event.target.checked) });
  return h('label', { class: 'tick' }, box, h('span', {}, label));
}

/** Wait until somebody has stopped typing. */
function settled(act, ms = 120) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms, ...given);
  };
}

const searchField = (label, value, onsearch) => {
  const search = settled(onsearch);
  const box = h('input', {
    type: 'search', value, autocomplete: 'off', spellcheck: 'false',
    oninput: (event) => search(event.target.value),
  });
  return field(label, box);
};

/** A link within this page: parts of the path, and what follows the question mark. */
function href(parts, query = {}) {
  const path = parts.map(encodeURIComponent).join('/');
  const given = Object.entries(query).filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false);
  const search = new URLSearchParams(given).toString();
  return `#/${path}${search ? `?${search}` : ''}`;
}
/** To a moment of a video, in seconds on the clock of the tables. */
const momentHref = (video, ms) => href(['video', video.id], { t: ms / 1000 });

// People -----------------------------------------------------------------------------------------

const COLOURS = 8;
// In a box of 10 x 10. Colour and shape together tell 48 people apart; their names tell all.
const SHAPES = [
  'M5 .6a4.4 4.4 0 1 0 0 8.8a4.4 4.4 0 1 0 0-8.8z',
  'M1 1h8v8H1z',
  'M5 .4L9.8 9H.2z',
  'M5 0L10 5L5 10L0 5z',
  'M5 9.6L.2 1H9.8z',
  'M3.4 0h3.2v3.4H10v3.2H6.6V10H3.4V6.6H0V3.4h3.4z',
];
const colourOf = (person) => (person ? `var(--p${person.index % COLOURS})` : 'var(--soft)');

function mark(person) {
  const shape = SHAPES[Math.floor(person.index / COLOURS) % SHAPES.length];
  return svg('svg', { class: 'mark', viewBox: '0 0 10 10', 'aria-hidden': 'true', style: { color: colourOf(person) } },
    svg('path', { d: shape, fill: 'currentColor' }));
}

const initials = (label) => {
  const words = label.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0].toUpperCase()).join('');
};

/** A person's best face, or initials where the page has no pictures. The name stands beside it. */
function avatar(person, size = '') {
  const [best] = facesOf(person);
  const style = { '--own': colourOf(person) };
  if (best) return h('img', { class: `face ${size}`, src: best.src, alt: '', style, loading: 'lazy' });
  const name = names.of(person);
  const letters = name ? initials(name) : person.id.replace(/^p0*/, '');
  return h('span', { class: `face initials ${size}`, style, 'aria-hidden': 'true' }, letters);
}

const personLink = (person) =>
  h('a', { class: 'who', href: href(['person', person.id]) }, mark(person), h('span', {}, names.label(person)));

/** Who was on screen and when, as a strip for lists; it repeats what stands beside it. */
function strip(video) {
  const picture = svg('svg', { class: 'strip', viewBox: `0 0 ${Math.max(video.length, 1)} 8`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  const rows = video.people.slice(0, 6);
  rows.forEach((person, row) => {
    const own = video.tracks.filter((track) => track.person === person);
    const top = (row * 8) / rows.length;
    const d = own.map((track) => `M${track.start - video.start} ${top}H${track.end - video.start}v${8 / rows.length - 0.6}H${track.start - video.start}z`).join('');
    picture.append(svg('path', { d, style: { fill: colourOf(person) } }));
  });
  return h('span', { class: 'strip-box', style: { '--share': video.length / longest() } }, picture);
}
const longest = remembered(() => Math.max(1, ...videos.map((video) => video.length)));

function statusBadge(status) {
  return h('span', { class: `badge ${status}` }, status.replace('_', ' '));
}
