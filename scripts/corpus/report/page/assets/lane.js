// A lane of a timeline: any number of time intervals, drawn as one SVG picture, with one button over
// one of them. Arrow keys move the button, so that a lane of thousands of intervals is one tab stop.

/** How far from an item (px) a click still is for it; more for fingers. */
const CLICK_TOLERANCE_PX = window.matchMedia('(pointer: coarse)').matches ? 12 : 5;

/**
 * Draw a lane that starts at `from` and is `length` long (ms).
 *
 * items: {start, end, text, style} in ms, sorted by start; `style` is filled (the default) or
 * still. onpick(time, item, event) is called when the user chooses a moment. With `snap`, a click on an
 * item chooses the start of this item.
 */
function lane({ items, from, length, label, onpick, colour, kind = '', snap = false, height = 10 }) {
  const span = Math.max(length, 1);
  const search = createIntervalIndex(items);
  const position = (ms) => `${((ms - from) / span) * 100}%`;
  const picture = svg('svg', { viewBox: `0 0 ${span} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  const paths = ['filled', 'still'].map((style) => ({ path: svg('path', { class: style }), group: items.filter((item) => (item.style || 'filled') === style) })).filter(({ group }) => group.length);
  picture.append(...paths.map(({ path }) => path));
  /** Draw all items, each at least `shortest` ms long, so that short ones can be seen. */
  function redraw(shortest = 0) {
    const outline = (item) => `M${item.start - from} 0H${Math.max(item.end, item.start + shortest) - from}V${height}H${item.start - from}z`;
    for (const { path, group } of paths) path.setAttribute('d', group.map(outline).join(''));
  }
  redraw();
  const element = h('div', { class: `lane ${kind}`, role: 'group', 'aria-label': label, style: { '--person': colour || 'var(--soft)' } }, picture);
  const selection = h('i', { class: 'lane-mark', hidden: true });
  /** Mark `item` if it is in this lane, and remove the mark otherwise; `reveal` moves to it, too. */
  function mark(item, reveal) {
    const index = search.position(item);
    selection.hidden = index < 0;
    if (index < 0) return;
    selection.style.setProperty('left', position(item.start));
    selection.style.setProperty('width', `${((item.end - item.start) / span) * 100}%`);
    // Replacing the button that has the focus would lose the focus.
    if (index !== current) moveTo(index, button === document.activeElement);
    if (reveal) element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  Object.assign(element, { items, redraw, mark });
  if (!items.length) return element;
  element.append(selection);

  let current = 0;
  let button;
  const pickStart = (item, event) => onpick(Math.max(item.start, from), item, event);
  function moveTo(index, focus) {
    current = Math.min(Math.max(index, 0), items.length - 1);
    const item = items[current];
    // A new button each time: a screen reader reads an element that receives the focus, but not one
    // that changes while it has the focus.
    const replacement = h('button', {
      type: 'button', class: 'lane-button', 'aria-label': `${item.text}, ${current + 1} of ${items.length}`, title: item.text,
      tabindex: button ? button.tabIndex : 0,
      style: { left: position(item.start), width: `${((item.end - item.start) / span) * 100}%` },
      onclick: (event) => {
        // detail is 0 for the keyboard. A mouse click goes on to the lane, which needs its position.
        if (event.detail === 0) {
          event.stopPropagation();
          pickStart(items[current], event);
        }
      },
    });
    if (button) button.replaceWith(replacement);
    else element.append(replacement);
    button = replacement;
    if (focus) {
      button.focus({ preventScroll: true });
      button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }
  /** The time under the mouse, and the index of the nearest item or -1. */
  function locate(event) {
    const box = element.getBoundingClientRect();
    const time = from + ((event.clientX - box.left) / box.width) * span;
    return [Math.min(Math.max(time, from), from + span), search.nearest(time, (CLICK_TOLERANCE_PX / box.width) * span)];
  }
  element.addEventListener('click', (event) => {
    const [time, index] = locate(event);
    if (index < 0) return onpick(time, null, event);
    moveTo(index, true);
    const item = items[index];
    return snap ? pickStart(item, event) : onpick(Math.min(Math.max(time, item.start), item.end - 1), item, event);
  });
  element.addEventListener('pointermove', (event) => {
    const [, index] = locate(event);
    element.title = index < 0 ? '' : items[index].text;
  });
  element.addEventListener('keydown', (event) => {
    const targets = { ArrowRight: current + 1, ArrowLeft: current - 1, Home: 0, End: items.length - 1, PageDown: current + 10, PageUp: current - 10 };
    if (event.key in targets) {
      event.preventDefault();
      moveTo(targets[event.key], true);
    }
  });
  moveTo(0, false);
  return element;
}

/** List the keys of lanes for the key "?"; `action` is what Enter does with an interval. */
function listLaneKeys(action) {
  registerKeys('On an interval of the timeline', [
    { keys: ['ArrowLeft', 'ArrowRight'], text: 'Previous and next interval' },
    { keys: ['ArrowUp', 'ArrowDown'], text: 'The row above and below' },
    { keys: ['Home', 'End'], text: 'First and last interval' },
    { keys: ['PageUp', 'PageDown'], text: '10 intervals back and forwards' },
    { keys: ['Enter', ' '], text: `Choose the interval: ${action}` },
  ]);
}

/** Make the lanes in `parent` one tab stop: the up and down keys move between lanes. */
function joinTabStops(parent) {
  const buttons = () => [...parent.querySelectorAll('.lane-button')];
  const makeTabStop = (chosen) => buttons().forEach((button) => { button.tabIndex = button === chosen ? 0 : -1; });
  parent.addEventListener('focusin', (event) => {
    if (event.target.matches('.lane-button')) makeTabStop(event.target);
  });
  parent.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches('.lane-button')) return;
    event.preventDefault();
    const all = buttons();
    const next = all[all.indexOf(event.target) + step];
    if (next) next.focus();
  });
  makeTabStop(buttons()[0]);
}

const LEVELS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const maxSpeedOf = (curves) => curves.flatMap((curve) => curve.hands.map((hand) => (hand ? hand.max : 0)));

/**
 * Draw the speeds of both hands over time: the left hand upwards from the middle line, the right hand
 * downwards. The filled area is the mean of each bin, the line its peak.
 *
 * `maxSpeed` is the speed at full height, in the unit of `hand.max`; `binMs` the length of a bin and
 * `length` that of the video, in ms.
 */
function movementPicture(curves, maxSpeed, binMs, length) {
  const nBins = Math.max(...curves.flatMap((curve) => curve.hands.map((hand) => (hand ? hand.mean.length : 0))), 1);
  const picture = svg('svg', { class: 'movement', viewBox: `0 0 ${nBins} 100`, preserveAspectRatio: 'none', 'aria-hidden': 'true', style: { width: `${((nBins * binMs) / Math.max(length, 1)) * 100}%` } });
  picture.append(svg('path', { class: 'middle', d: `M0 50H${nBins}` }));
  for (const curve of curves) {
    curve.hands.forEach((hand, side) => {
      if (!hand) return;
      const direction = side === 0 ? -1 : 1;
      const y = (letter) => 50 + (direction * 48 * (LEVELS.indexOf(letter) / 61) * hand.max) / maxSpeed;
      const area = [...hand.mean].map((letter, bin) => (letter === '.' ? '' : `M${bin} 50V${y(letter).toFixed(1)}h1V50z`)).join('');
      let penDown = false;
      const line = [...hand.peak].map((letter, bin) => {
        if (letter === '.') {
          penDown = false;
          return '';
        }
        const move = `${penDown ? 'L' : 'M'}${bin + 0.5} ${y(letter).toFixed(1)}`;
        penDown = true;
        return move;
      }).join('');
      picture.append(svg('path', { class: 'mean', d: area }), svg('path', { class: 'peak', d: line }));
    });
  }
  return picture;
}

/** Round times (ms) for the labels of an axis from `first` to `first + length`: at most `maxLabels`, or one more. */
function axisTimes(first, length, maxLabels) {
  const steps = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5];
  const step = steps.find((candidate) => length / candidate <= maxLabels) || Math.ceil(length / maxLabels / 36e5) * 36e5;
  const start = Math.ceil(first / step);
  const end = Math.floor((first + length) / step);
  return Array.from({ length: Math.max(end - start + 1, 0) }, (_, index) => (start + index) * step);
}
