// Find intervals and times in sorted lists of thousands, by binary search.

/** Index of the last of the sorted `values` that is at most `limit`, or -1. */
function lastAtMost(values, limit) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * An index of `items` with {start, end}, sorted by start. They may overlap.
 *
 * `position(item)` is the index of an item, or -1. `nearest(time, tolerance)` is the index of the
 * last item that contains `time`, or else of the nearest one less than `tolerance` away, or -1; all in the
 * unit of the items. Its cost grows with the number of items only where one item overlaps many others.
 */
function createIntervalIndex(items) {
  const positions = new Map(items.map((item, index) => [item, index]));
  const starts = Float64Array.from(items, (item) => item.start);
  // The latest end until each item: no earlier item reaches a time after it.
  const latestEnds = new Float64Array(items.length);
  items.forEach(({ end }, index) => { latestEnds[index] = Math.max(end, latestEnds[index - 1] ?? -Infinity); });
  return {
    position: (item) => positions.get(item) ?? -1,
    nearest(time, tolerance) {
      let [nearest, distance] = [-1, tolerance];
      for (let index = lastAtMost(starts, time + tolerance); index >= 0 && latestEnds[index] >= time - distance; index -= 1) {
        const { start, end } = items[index];
        if (start <= time && time <= end) return index;
        const gap = Math.max(start - time, time - end);
        if (gap < distance || (gap === distance && nearest >= 0)) [nearest, distance] = [index, gap];
      }
      return nearest;
    },
  };
}
