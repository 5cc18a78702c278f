// A rectangle on the plot of two measures: how many gestures are inside, and where it leads.

/** The search for an area of two fields: [left, right, bottom, top]. */
const pairConditions = (x, y, [left, right, bottom, top]) => [`${quotedWord(x)}:${left}..${right}`, ...(x === y ? [] : [`${quotedWord(y)}:${bottom}..${top}`])];

/**
 * The choice of an area: `watch(plot)` lets the mouse draw a rectangle on a picture of `pairPicture` and returns the picture; `tools` is the
 * element with a button, and what is inside. `search(conditions)` adds conditions to the search of the view.
 */
function pairArea(context, items, search) {
  const { x, y } = context;
  const found = h('span', { class: 'area-found', hidden: true });
  const toggle = h('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false', onclick: () => choosing(toggle.getAttribute('aria-pressed') !== 'true') }, 'Choose an area');
  const tools = h('p', { class: 'pair-tools' }, toggle, ' ', found);
  let box = svg('rect', { hidden: true });
  let picture = null;
  function choosing(isOn) {
    toggle.setAttribute('aria-pressed', String(isOn));
    picture.style.touchAction = isOn ? 'none' : 'auto';
    if (isOn) announce('Drag on the plot to choose an area, or search for ranges of both measures.');
  }
  function clear() {
    box.setAttribute('visibility', 'hidden');
    found.hidden = true;
  }
  function show(area) {
    choosing(false);
    const [left, right, bottom, top] = area;
    const count = items.filter((item) => left <= item.x && item.x <= right && bottom <= item.y && item.y <= top).length;
    const conditions = pairConditions(x, y, area);
    const text = `${countNoun(count, 'gesture')} in this area`;
    found.replaceChildren(`${text}. `, ...(count ? [h('a', { href: listHref(context, ...conditions) }, 'List them'), ' · ', h('button', { type: 'button', class: 'link', onclick: () => search(conditions) }, 'Show only these in all plots'), ' · '] : []),
      h('button', { type: 'button', class: 'link', onclick: () => { clear(); toggle.focus(); } }, 'Clear'));
    found.hidden = false;
    announce(text);
  }
  function watch(plot) {
    picture = plot.picture;
    picture.classList.add('pairs');
    box = svg('rect', { visibility: 'hidden', style: { fill: 'var(--accent)', 'fill-opacity': 0.12, stroke: 'var(--accent)', 'stroke-width': 2 } });
    let from = null;
    let isMoved = false;
    const placeOf = (event) => {
      const bounds = picture.getBoundingClientRect();
      return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    };
    const areaTo = (to) => areaBetween({ x: plot.place(from.x), y: plot.rise(from.y) }, { x: plot.place(to.x), y: plot.rise(to.y) });
    picture.addEventListener('pointerdown', (event) => {
      const isChoosing = toggle.getAttribute('aria-pressed') === 'true';
      if (event.button || (event.pointerType === 'touch' && !isChoosing)) return;
      [from, isMoved] = [placeOf(event), false];
    });
    picture.addEventListener('pointermove', (event) => {
      if (!from) return;
      const to = placeOf(event);
      if (!isMoved && Math.hypot(to.x - from.x, to.y - from.y) < DRAG_PX) return;
      if (!isMoved) {
        // Captured only now, so that clicks on points still reach them.
        picture.setPointerCapture(event.pointerId);
        picture.append(box);
      }
      isMoved = true;
      for (const [name, value] of Object.entries({ x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y), visibility: 'visible' })) box.setAttribute(name, value);
    });
    picture.addEventListener('pointerup', (event) => {
      if (from && isMoved) show(areaTo(placeOf(event)));
      from = null;
    });
    picture.addEventListener('pointercancel', () => { from = null; });
    // The end of a drag is not a click on the point below it.
    picture.addEventListener('click', (event) => { if (isMoved) event.stopPropagation(); }, { capture: true });
    return picture;
  }
  return { watch, tools };
}
