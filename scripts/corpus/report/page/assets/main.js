// Show the view that the address names.

const MENU = [
  ['', 'Overview'], ['videos', 'Videos'], ['people', 'People'], ['gestures', 'Gestures'], ['numbers', 'Numbers'], ['check', 'Check'], ['names', 'Names'], ['about', 'About'],
];
const VIEWS = {
  '': overviewView, videos: videosView, people: peopleView, gestures: gesturesView, check: checkView, numbers: numbersView, quality: qualityView, names: namesView, about: aboutView,
  video: (query, id) => videoView(id, query),
  person: (query, id) => personView(id),
  like: (query, id, gesture) => likeView(id, gesture), map: mapView,
};

function notFoundView(text, target, linkText) {
  return { title: 'Not found', element: h('div', { class: 'view' }, h('h1', {}, 'Not found'), h('p', { class: 'lead' }, text), h('p', {}, h('a', { href: target }, linkText))) };
}

let leave = () => {};

/** Draw the view of `location.hash`. With `keepFocus === true` neither focus nor scroll position changes. */
function route(keepFocus) {
  // Other hashes, such as that of the skip link, are not views.
  if (location.hash && !location.hash.startsWith('#/')) return;
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, id, part] = path.split('/').map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  leave();
  forgetKeys();
  viewListeners = [];
  markListeners = [];
  verdictListeners = [];
  document.getElementById('dialog').close();
  const render = Object.hasOwn(VIEWS, name) ? VIEWS[name] : () => notFoundView('This page has no such view.', href([]), 'Overview');
  const view = render(new URLSearchParams(search), id, part);
  leave = view.leave || (() => {});
  document.getElementById('main').replaceChildren(view.element);
  document.title = `${view.title} · ${corpus.title}`;
  for (const link of document.querySelectorAll('#menu a')) {
    const menuView = { video: 'videos', person: 'people', quality: 'check', map: 'gestures', like: 'gestures' }[name] || name;
    if (link.dataset.view === menuView) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (keepFocus !== true) {
    window.scrollTo(0, 0);
    const title = view.element.querySelector('h1');
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
}

// Sticky content stands below the header, as far as the header itself is sticky.
new ResizeObserver(([entry]) => {
  const height = getComputedStyle(entry.target).position === 'sticky' ? entry.target.offsetHeight : 0;
  document.documentElement.style.setProperty('--top-height', `${height}px`);
}).observe(document.querySelector('.top'));
// The bars at the bottom appear while somebody types: the field must not be behind them.
new ResizeObserver(([entry]) => {
  document.documentElement.style.setProperty('--bars-height', `${entry.target.offsetHeight}px`);
  if (entry.target.offsetHeight && document.activeElement.matches('input, textarea')) document.activeElement.scrollIntoView({ block: 'nearest' });
}).observe(document.querySelector('.bars'));
document.getElementById('brand').textContent = corpus.title;
document.getElementById('menu').append(...MENU.map(([view, text]) => h('li', {}, h('a', { href: href([view]), 'data-view': view }, text))));
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('main').focus();
});
names.onchange(updateUnsavedBar);
names.onchange(() => viewListeners.forEach((update) => update()));
updateUnsavedBar();
verdicts.onchange(updateCheckBadge);
updateCheckBadge();
window.addEventListener('hashchange', route);
route(true);
