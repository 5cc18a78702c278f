// A lane of a timeline: any number of stretches of time, drawn as one picture, with one button that
// stands on one of them. Arrow keys move the button, so a lane of thousands stays one stop of Tab.

const NEAR_PX = 5;

/**
 * items: {start, end, text, unsure} in ms, sorted by start; from and length: what the lane spans;
 * pick(time, item): somebody chose a moment. With `snap`, a click means the start of what it hit.
 */
function lane({ items, from, length, label, pick, colour, kind = '', snap = false, height = 10 }) {
  const span = Math.max(length, 1);
  const at = (ms) => `${((ms - from) / span) * 100}%`;
  const shape = (item) => `M${item.start - from} 0H${item.end - from}V${height}H${item.start - from}z`;
  const draw = (some, name) => some.length > 0 && svg('path', { class: name, d: some.map(shape).join('') });
  const picture = svg('svg', { viewBox: `0 0 ${span} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    draw(items.filter((item) => !item.unsure), 'sure'), draw(items.filter((item) => item.unsure), 'unsure'));
  const element = h('div', { class: `lane ${kind}`, role: 'group', 'aria-label': label, style: { '--own': colour || 'var(--soft)' } }, picture);
  if (!items.length) return element;

  let current = 0;
  let button;
  const choose = (item) => pick(Math.max(item.start, from), item);
  function stand(place, focus) {
    current = Math.min(Math.max(place, 0), items.length - 1);
    const item = items[current];
    // A new button each time: a screen reader reads what gets the focus, not what changes under it.
    const fresh = h('button', {
      type: 'button', class: 'stand', 'aria-label': `${item.text}, ${current + 1} of ${items.length}`, title: item.text,
      tabindex: button ? button.tabIndex : 0,
      style: { left: at(item.start), width: `${((item.end - item.start) / span) * 100}%` },
      onclick: (event) => {
        // From the keyboard; a click of the mouse goes on to the lane, which knows where it was.
        if (event.detail === 0) {
          event.stopPropagation();
          choose(items[current]);
        }
      },
    });
    if (button) button.replaceWith(fresh);
    else element.append(fresh);
    button = fresh;
    if (focus) {
      fresh.focus({ preventScroll: true });
      fresh.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }
  function hit(event) {
    const box = element.getBoundingClientRect();
    const time = from + ((event.clientX - box.left) / box.width) * span;
    const near = (NEAR_PX / box.width) * span;
    let best = -1;
    let off = near;
    items.forEach((item, place) => {
      const distance = Math.max(item.start - time, time - item.end, 0);
      if (distance < off || (distance === 0 && off === 0)) [best, off] = [place, distance];
    });
    return [Math.min(Math.max(time, from), from + span), best];
  }
  element.addEventListener('click', (event) => {
    const [time, place] = hit(event);
    if (place < 0) return pick(time, null);
    stand(place, true);
    const item = items[place];
    return snap ? choose(item) : pick(Math.min(Math.max(time, item.start), item.end - 1), item);
  });
  element.addEventListener('pointermove', (event) => {
    const [, place] = hit(event);
    element.title = place < 0 ? '' : items[place].text;
  });
  element.addEventListener('keydown', (event) => {
    const steps = { ArrowRight: current + 1, ArrowLeft: current - 1, Home: 0, End: items.length - 1, PageDown: current + 10, PageUp: current - 10 };
    if (event.key in steps) {
      event.preventDefault();
      stand(steps[event.key], true);
    }
  });
  stand(0, false);
  return element;
}

/** Lanes below each other are one stop of Tab: up and down go from lane to lane. */
function rove(parent) {
  const stands = () => [...parent.querySelectorAll('.stand')];
  const only = (chosen) => stands().forEach((one) => { one.tabIndex = one === chosen ? 0 : -1; });
  parent.addEventListener('focusin', (event) => {
    if (event.target.matches('.stand')) only(event.target);
  });
  parent.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches('.stand')) return;
    event.preventDefault();
    const all = stands();
    const next = all[all.indexOf(event.target) + step];
    if (next) next.focus();
  });
  only(stands()[0]);
}

const LEVELS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Both hands' speeds over time: the left hand's upwards from the middle, the right hand's downwards;
 * filled the mean of each part of the time, as a line its peak. `most` is the fastest of the scale.
 */
function movementPicture(curves, most, bin, length) {
  const parts = Math.max(...curves.flatMap((curve) => curve.hands.map((hand) => (hand ? hand.mean.length : 0))), 1);
  const drawn = svg('svg', { class: 'movement', viewBox: `0 0 ${parts} 100`, preserveAspectRatio: 'none', 'aria-hidden': 'true', style: { width: `${((parts * bin) / Math.max(length, 1)) * 100}%` } });
  drawn.append(svg('path', { class: 'middle', d: `M0 50H${parts}` }));
  for (const curve of curves) {
    curve.hands.forEach((hand, side) => {
      if (!hand) return;
      const away = side === 0 ? -1 : 1;
      const y = (letter) => 50 + (away * 48 * (LEVELS.indexOf(letter) / 61) * hand.max) / most;
      const area = [...hand.mean].map((letter, part) => (letter === '.' ? '' : `M${part} 50V${y(letter).toFixed(1)}h1V50z`)).join('');
      let pen = false;
      const line = [...hand.peak].map((letter, part) => {
        if (letter === '.') {
          pen = false;
          return '';
        }
        const move = `${pen ? 'L' : 'M'}${part + 0.5} ${y(letter).toFixed(1)}`;
        pen = true;
        return move;
      }).join('');
      drawn.append(svg('path', { class: 'mean', d: area }), svg('path', { class: 'peak', d: line }));
    });
  }
  return drawn;
}

/** Round times for an axis that goes on for `length` from `first`, about `most` of them. */
function axisTimes(first, length, most) {
  const steps = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5];
  const step = steps.find((one) => length / one <= most) || Math.ceil(length / most / 36e5) * 36e5;
  const start = Math.ceil(first / step);
  const end = Math.floor((first + length) / step);
  return Array.from({ length: Math.max(end - start + 1, 0) }, (_, place) => (start + place) * step);
}
