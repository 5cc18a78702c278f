// The map of all gestures: similar paths are close to each other.

const ZOOM_STEP = 1.5;
const MAX_ZOOM = 200;
const POINTER_RADIUS_PX = 14;
const DRAG_PX = 4;
const DENSE_POINTS = 5000;
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Links between the list and the map of gestures. */
function gestureViewLinks(current) {
  const links = [['gestures', 'List'], ['map', 'Map']];
  return h('div', { class: 'sub-menu', role: 'navigation', 'aria-label': 'Gestures' }, links.map(([view, text]) => h('a', { href: href([view]), 'aria-current': view === current ? 'page' : null }, text)));
}

/** A canvas with the points. `draw()` draws it; `onpoint(index, chosen)` is called for the point under the mouse or chosen by keys. */
function createMap(points, { onpoint, onopen }) {
  const grid = pointGrid(points);
  const canvas = h('canvas', { class: 'map', tabindex: 0, role: 'application', 'aria-label': `Map of ${countNoun(points.n, 'gesture')}. Arrow keys move to the nearest gesture, Enter opens it, plus and minus zoom.` });
  const state = { zoom: 1, x: 0, y: 0, current: -1, groups: [], area: null, isChoosing: false };
  const middle = { x: (grid.bounds.left + grid.bounds.right) / 2, y: (grid.bounds.bottom + grid.bounds.top) / 2 };
  let waiting = false;
  const ratio = () => canvas.width / Math.max(canvas.clientWidth, 1);
  /** Canvas pixels per unit of the map. */
  function scale() {
    const spanX = Math.max(grid.bounds.right - grid.bounds.left, 0.1) * 1.08;
    const spanY = Math.max(grid.bounds.top - grid.bounds.bottom, 0.1) * 1.08;
    return Math.min(canvas.width / spanX, canvas.height / spanY) * state.zoom;
  }
  const toX = (x, unit = scale()) => canvas.width / 2 + (x - middle.x - state.x) * unit;
  const toY = (y, unit = scale()) => canvas.height / 2 - (y - middle.y - state.y) * unit;
  const fromX = (pixel) => (pixel * ratio() - canvas.width / 2) / scale() + middle.x + state.x;
  const fromY = (pixel) => (canvas.height / 2 - pixel * ratio()) / scale() + middle.y + state.y;

  function drawNow() {
    waiting = false;
    const context = canvas.getContext('2d');
    const unit = scale();
    const size = Math.max(Math.min(9 - Math.log10(points.n + 1) * 1.5 + Math.log2(state.zoom), 10), 2) * ratio();
    context.clearRect(0, 0, canvas.width, canvas.height);
    const [left, top] = [toX(0, unit), toY(0, unit)];
    const probe = h('i', { hidden: true });
    canvas.parentElement.append(probe);
    // The grey others are drawn first, so that they cover no coloured point.
    const others = state.groups.slice(MAP_COLOURS);
    const coloured = [...others, ...state.groups.slice(0, MAP_COLOURS)].map((group) => {
      probe.style.color = group.colour;
      return { points: group.points, colour: getComputedStyle(probe).color, shape: SHAPES[group.shape ? group.shape.shape : 0] };
    });
    if (points.n > DENSE_POINTS) {
      const groups = coloured.map((group) => ({ ...group, rgb: rgbOf(group.colour) }));
      drawPixels(context, groups, { x: points.x, y: points.y, unit, left, top, side: Math.round(size), alpha: 0.6 });
    } else drawShapes(context, coloured, { x: points.x, y: points.y, unit, left, top, size });
    context.globalAlpha = 1;
    if (state.current >= 0) {
      probe.style.color = 'var(--ink)';
      context.strokeStyle = getComputedStyle(probe).color;
      context.lineWidth = 2 * ratio();
      context.beginPath();
      context.arc(toX(points.x[state.current], unit), toY(points.y[state.current], unit), size / 2 + 4 * ratio(), 0, 2 * Math.PI);
      context.stroke();
    }
    if (state.area) {
      const [left, right, bottom, top] = state.area;
      probe.style.color = 'var(--accent)';
      context.strokeStyle = context.fillStyle = getComputedStyle(probe).color;
      context.lineWidth = 2 * ratio();
      const box = [toX(left, unit), toY(top, unit), (right - left) * unit, (top - bottom) * unit];
      context.globalAlpha = 0.1;
      context.fillRect(...box);
      context.globalAlpha = 1;
      context.strokeRect(...box);
    }
    probe.remove();
  }
  function draw() {
    if (!waiting && canvas.isConnected) requestAnimationFrame(drawNow);
    waiting = canvas.isConnected;
  }
  function choose(index, chosen) {
    if (index === state.current && !chosen) return;
    state.current = index;
    if (index >= 0 && chosen) show(index);
    draw();
    onpoint(index, chosen);
  }
  /** Move the map so that a point is inside. */
  function show(index) {
    const [x, y] = [toX(points.x[index]), toY(points.y[index])];
    if (x >= 0 && y >= 0 && x <= canvas.width && y <= canvas.height) return;
    state.x = points.x[index] - middle.x;
    state.y = points.y[index] - middle.y;
  }
  /** Zoom so that the place at these CSS pixels stays where it is. */
  function zoomAt(factor, pixelX = canvas.clientWidth / 2, pixelY = canvas.clientHeight / 2) {
    const [x, y] = [fromX(pixelX), fromY(pixelY)];
    state.zoom = Math.min(Math.max(state.zoom * factor, 1), MAX_ZOOM);
    state.x += x - fromX(pixelX);
    state.y += y - fromY(pixelY);
    if (state.zoom === 1) [state.x, state.y] = [0, 0];
    canvas.style.touchAction = state.zoom > 1 ? 'none' : 'pan-y';
    draw();
  }
  const under = (event) => grid.nearest(fromX(event.offsetX), fromY(event.offsetY), (POINTER_RADIUS_PX * ratio()) / scale());
  const placeAt = (x, y) => ({ x: fromX(x), y: fromY(y) });
  let drag = null;
  canvas.addEventListener('pointerdown', (event) => {
    drag = { x: event.offsetX, y: event.offsetY, moved: false, corner: state.isChoosing || event.shiftKey ? placeAt(event.offsetX, event.offsetY) : null };
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!drag) {
      const index = under(event);
      canvas.style.cursor = state.isChoosing ? 'crosshair' : index < 0 ? 'grab' : 'pointer';
      if (index >= 0) choose(index, false);
      return;
    }
    const [dx, dy] = [event.offsetX - drag.x, event.offsetY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < DRAG_PX) return;
    if (!drag.moved) canvas.setPointerCapture(event.pointerId);
    drag.moved = true;
    if (drag.corner) state.area = areaBetween(drag.corner, placeAt(event.offsetX, event.offsetY));
    else {
      state.x -= (dx * ratio()) / scale();
      state.y += (dy * ratio()) / scale();
      [drag.x, drag.y] = [event.offsetX, event.offsetY];
    }
    draw();
  });
  canvas.addEventListener('pointerup', (event) => {
    const index = drag && !drag.moved ? under(event) : -1;
    const isArea = drag && drag.moved && drag.corner;
    drag = null;
    if (isArea) map.onarea(state.area);
    if (index < 0) return;
    // A finger has not been over the point before: its first tap shows the gesture.
    if (event.pointerType === 'mouse') onopen(index);
    else choose(index, true);
  });
  for (const event of ['pointercancel', 'pointerleave']) canvas.addEventListener(event, () => { drag = null; });
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoomAt(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, event.offsetX, event.offsetY);
  }, { passive: false });
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      const start = grid.nearest(fromX(canvas.clientWidth / 2), fromY(canvas.clientHeight / 2), Infinity);
      const next = state.current < 0 ? start : nextPoint(points, state.current, ARROWS[event.key]);
      if (next >= 0) choose(next, true);
    } else if (event.key === 'Enter' && state.current >= 0) onopen(state.current);
    else return;
    event.preventDefault();
  });
  const resized = new ResizeObserver(() => {
    const device = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.round(canvas.clientWidth * device);
    canvas.height = Math.round(canvas.clientHeight * device);
    draw();
  });
  resized.observe(canvas);
  const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');
  darkScheme.addEventListener('change', draw);
  const map = {
    canvas, choose, zoomAt,
    /** Called with the area that was drawn. */
    onarea() {},
    /** Whether dragging draws an area instead of moving the map; with the shift key it always does. */
    chooseArea(isOn) {
      state.isChoosing = isOn;
      canvas.style.touchAction = isOn || state.zoom > 1 ? 'none' : 'pan-y';
    },
    setArea(area) {
      state.area = area;
      draw();
    },
    viewArea: () => areaBetween(placeAt(0, 0), placeAt(canvas.clientWidth, canvas.clientHeight)),
    colour(groups) {
      state.groups = groups;
      draw();
    },
    leave() {
      resized.disconnect();
      darkScheme.removeEventListener('change', draw);
    },
  };
  return map;
}
