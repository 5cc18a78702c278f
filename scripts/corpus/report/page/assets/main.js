// Which view the address asks for.

const MENU = [
  ['', 'Overview'], ['videos', 'Videos'], ['people', 'People'], ['quality', 'Quality'], ['names', 'Names'], ['about', 'About'],
];
const VIEWS = {
  '': overviewView, videos: videosView, people: peopleView, quality: qualityView, names: namesView, about: aboutView,
  video: (query, id) => videoView(id, query),
  person: (query, id) => personView(id),
};

function missing(text, to, where) {
  return { title: 'Not here', element: h('div', { class: 'view' }, h('h1', {}, 'Not here'), h('p', { class: 'lead' }, text), h('p', {}, h('a', { href: to }, where))) };
}

let leave = () => {};

function route(first) {
  // Other hashes, such as that of the link to the content, are no views.
  if (location.hash && !location.hash.startsWith('#/')) return;
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, id] = path.split('/').map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  leave();
  redraws = [];
  document.getElementById('dialog').close();
  const make = Object.hasOwn(VIEWS, name) ? VIEWS[name] : () => missing('There is no such view.', href([]), 'Overview');
  const view = make(new URLSearchParams(search), id);
  leave = view.leave || (() => {});
  document.getElementById('main').replaceChildren(view.element);
  document.title = `${view.title} · ${corpus.title}`;
  for (const link of document.querySelectorAll('#menu a')) {
    const own = { video: 'videos', person: 'people' }[name] || name;
    if (link.dataset.view === own) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (first !== true) {
    window.scrollTo(0, 0);
    const title = view.element.querySelector('h1');
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
}

document.getElementById('brand').textContent = corpus.title;
document.getElementById('menu').append(...MENU.map(([view, text]) => h('li', {}, h('a', { href: href([view]), 'data-view': view }, text))));
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('main').focus();
});
names.onchange(drawUnsaved);
names.onchange(() => redraws.forEach((redraw) => redraw()));
drawUnsaved();
window.addEventListener('hashchange', route);
route(true);
