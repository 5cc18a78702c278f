// The timeline of a video: its rows, its scale, and the selected piece.

/**
 * A timeline with its `element`. `choose(ms, item, event)` is called when the user chooses a moment
 * or an item of a lane. `setTime(ms)` moves the cursor, `select(item)` marks an item or none,
 * `onselect(item)` is called when another item or none is selected. `neighbour(1 or -1, ms)` is the next or previous gesture, `gesture(number)` the one of this number.
 */
function createTimeline(video, choose, onselect) {
  const { shots } = detailsOf(video);
  const groups = timelineGroups(video);
  const maxSpeed = Math.max(1, ...groups.flatMap((group) => maxSpeedOf(group.curves)));
  const axis = h('div', { class: 'axis' });
  chooseOnClick(axis, video, choose);
  const shotLane = lane({ from: video.start, length: video.length, onpick: choose, items: shotItems(video), label: countNoun(shots.length, 'shot'), kind: 'shots', snap: true });
  const element = h('div', { class: 'timeline' }, timelineRow(h('span', { class: 'soft' }, 'Time'), axis),
    timelineRow('Shots', shotLane), groups.map((group) => personRow(video, group, { maxSpeed, choose })));
  const scroller = h('div', { class: 'scroller', tabindex: -1 }, element);
  const scale = createTimelineScale({ video, axis, element, scroller });
  joinTabStops(element);
  const lanes = [...element.querySelectorAll('.lane')];
  const gestures = lanes.filter((each) => each.classList.contains('gestures')).flatMap((each) => each.items).sort((a, b) => a.start - b.start || a.gesture - b.gesture);
  const order = createIntervalIndex(gestures);
  const starts = gestures.map((item) => item.start);
  let selected = null;
  function select(item, { reveal = false } = {}) {
    selected = item;
    for (const each of lanes) each.mark(item, reveal);
    onselect(item);
  }
  return {
    element: h('section', { class: 'card flush', 'aria-labelledby': 'timeline-title' },
      h('div', { class: 'card-head' }, h('h2', { id: 'timeline-title' }, 'Timeline'), scale.tools), scroller, timelineLegend(video, groups)),
    setTime: scale.setTime,
    zoomBy: scale.zoomBy,
    frame: (item) => scale.frame(item.start, item.end),
    select,
    selected: () => selected,
    gesture: (number) => gestures.find((item) => item.gesture === number) || null,
    neighbour(direction, ms) {
      const index = order.position(selected);
      if (index >= 0) return gestures[index + direction] || null;
      // Starts are whole numbers: one before `ms` is at most the whole number before it.
      return gestures[direction > 0 ? lastAtMost(starts, ms) + 1 : lastAtMost(starts, Math.ceil(ms) - 1)] || null;
    },
  };
}
