// The scale of a timeline: zoom around the time cursor or the pointer, labels, and following the cursor.

const MAX_PIXELS_PER_S = 250;
const MIN_BAR_PX = 4;
const EDGE_PX = 16;
/** Distance of labels of the time axis that do not overlap. */
const AXIS_LABEL_PX = 80;
/** Twice as many labels as a small window has room for are certainly too many. */
const MAX_TRIED = 8;

const isNarrow = () => window.innerWidth < 700;

/** Draw the labels of the time axis at a zoom factor, as far as they are in the window or near it. */
function drawAxis(axis, video, zoom, [firstShare, lastShare] = [0, 1]) {
  const offset = video.start - video.zero;
  const width = axis.clientWidth || (isNarrow() ? 4 : 12) * AXIS_LABEL_PX * zoom;
  // A label close to the right edge would not fit.
  const lastLabel = 1 - (isNarrow() ? 0.14 : 0.04) / zoom;
  const shareOf = (time) => (time - offset) / Math.max(video.length, 1);
  // One label does not say how long a second is: take smaller steps until there are two.
  let maxLabels = Math.max(width / AXIS_LABEL_PX, 1);
  const labels = () => axisTimes(offset, video.length, maxLabels).filter((time) => shareOf(time) <= lastLabel);
  while (labels().length < 2 && maxLabels < MAX_TRIED) maxLabels *= 1.5;
  const times = labels();
  const digits = times.some((time) => time % 1000) ? 1 : 0;
  axis.replaceChildren(...times.map((time) => [time, shareOf(time)]).filter(([, share]) => share >= firstShare && share <= lastShare)
    .map(([time, share]) => h('span', { style: { left: `${share * 100}%` } }, formatClock(time, digits))));
}

/**
 * The scale of the timeline `element` in its `scroller`. Its `tools` are the buttons; `zoomBy(factor,
 * clientX)` keeps the time at clientX, or else the time cursor, where it is; `setTime(ms)` moves the
 * cursor and scrolls to it; `frame(start, end)` shows an interval and what is around it.
 */
function createTimelineScale({ video, axis, element, scroller }) {
  let zoom = 1;
  let now = 0;
  let drawnWidth = 0;
  const length = Math.max(video.length, 1);
  // Its own element, moved by a transform: nothing else of a long timeline is laid out or drawn again.
  const cursor = h('i', { class: 'time-cursor', 'aria-hidden': 'true' });
  element.append(cursor);
  const zoomText = h('span', { class: 'zoom-level' });
  const maxZoom = () => Math.max(64, (MAX_PIXELS_PER_S * length) / 1000 / 800);
  /** Left and right edge of the visible part of the time axis, in pixels of the window. */
  function visibleRange() {
    const box = scroller.getBoundingClientRect();
    const nameWidth = axis.getBoundingClientRect().left - element.getBoundingClientRect().left;
    return [box.left + nameWidth, box.right];
  }
  const positionOf = (share, box = axis.getBoundingClientRect()) => box.left + share * box.width;
  function placeCursor() { cursor.style.transform = `translateX(${now * drawnWidth}px)`; }
  function draw() {
    const box = axis.getBoundingClientRect();
    const [left, right] = visibleRange();
    const margin = (right - left) / Math.max(box.width, 1);
    const shares = box.width ? [(left - box.left) / box.width - margin, (right - box.left) / box.width + margin] : [0, 1];
    drawAxis(axis, video, zoom, shares);
    zoomText.textContent = `${zoom < 10 ? Math.round(zoom * 10) / 10 : Math.round(zoom)}×`;
    if (!box.width || box.width === drawnWidth) return;
    drawnWidth = box.width;
    placeCursor();
    for (const each of element.querySelectorAll('.lane')) each.redraw((MIN_BAR_PX * length) / box.width);
  }
  function setZoom(newZoom, share, clientX) {
    zoom = Math.min(Math.max(newZoom, 1), maxZoom());
    element.style.width = `calc(var(--names) + (100% - var(--names)) * ${zoom})`;
    scroller.scrollLeft += positionOf(share) - clientX;
    draw();
  }
  function follow() {
    if (zoom === 1) return;
    const x = positionOf(now);
    const [left, right] = visibleRange();
    if (x < left || x > right - EDGE_PX) scroller.scrollLeft += x - left - (right - left) / 10;
  }
  function zoomBy(factor, clientX = null) {
    const box = axis.getBoundingClientRect();
    if (clientX !== null) {
      setZoom(zoom * factor, (clientX - box.left) / box.width, clientX);
      return;
    }
    const [left, right] = visibleRange();
    const x = positionOf(now, box);
    setZoom(zoom * factor, now, x >= left && x <= right ? x : (left + right) / 2);
    follow();
  }
  scroller.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 200), event.clientX);
  }, { passive: false });
  let pinch = null;
  scroller.addEventListener('touchmove', (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const [one, other] = event.touches;
    const distance = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    if (pinch) zoomBy(distance / pinch, (one.clientX + other.clientX) / 2);
    pinch = distance;
  }, { passive: false });
  for (const event of ['touchend', 'touchcancel']) scroller.addEventListener(event, () => { pinch = null; });
  let waiting = false;
  scroller.addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  });
  new ResizeObserver(draw).observe(scroller);
  draw();
  const tools = h('div', { class: 'zoom', role: 'group', 'aria-label': 'Zoom of the timeline' },
    h('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => zoomBy(1 / 2) }, '−'), zoomText,
    h('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => zoomBy(2) }, '+'));
  return {
    tools,
    zoomBy,
    setTime(ms) {
      now = Math.min(Math.max((ms - video.start) / length, 0), 1);
      placeCursor();
      follow();
    },
    frame(start, end) {
      const shown = Math.max(4 * (end - start), 4000);
      const [left, right] = visibleRange();
      setZoom(length / shown, ((start + end) / 2 - video.start) / length, (left + right) / 2);
    },
  };
}
