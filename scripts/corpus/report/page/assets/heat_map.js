// Heat maps of hand positions around a body, in shoulder widths.

const [MAP_SIDE, MAP_TOP, MAP_BOTTOM] = [2, 1.4, -2.6];
/** The area of the maps: 2 shoulder widths to each side, 1.4 above the shoulders, 2.6 below. */
const MAP_ASPECT = (MAP_TOP - MAP_BOTTOM) / (2 * MAP_SIDE);
/** The densest cells that together have these shares of the time, and how dark they are. */
const DENSITIES = [[0.25, 0.95], [0.5, 0.7], [0.75, 0.48], [0.95, 0.28], [1, 0.12]];

/** Time by cell (s) of rows of the side file's `space`, and the time outside of its grid. */
function addUp(numbers, rows) {
  const cells = new Float64Array(numbers.n_cells ** 2);
  const total = { cells, seconds: 0, outside: 0 };
  for (const row of rows) {
    const frameS = (numbers.frame_ms[row.video] || 0) / 1000;
    let cell = 0;
    for (let index = 0; index < row.cells.length; index += 1) {
      cell += row.cells[index];
      cells[cell] += row.frames[index] * frameS;
      total.seconds += row.frames[index] * frameS;
    }
    total.outside += row.outside * frameS;
  }
  total.seconds += total.outside;
  return total;
}

/** The lower left corner of a cell in shoulder widths. */
function cornerOf(numbers, cell) {
  const half = (numbers.n_cells * numbers.cell) / 2;
  return [(cell % numbers.n_cells) * numbers.cell - half, Math.floor(cell / numbers.n_cells) * numbers.cell - half];
}

/** Shares of time in the regions of gesture space, by the middles of cells; the last one includes the time outside of the grid. */
function regionShares(numbers, total) {
  const sizes = Object.values(numbers.body.regions);
  const seconds = new Array(sizes.length + 1).fill(0);
  seconds[sizes.length] = total.outside;
  total.cells.forEach((time, cell) => {
    if (!time) return;
    const [x, y] = cornerOf(numbers, cell).map((edge) => edge + numbers.cell / 2);
    const region = sizes.findIndex(([width, height]) => Math.abs(x) < width && Math.abs(y - numbers.body.centre) < height);
    seconds[region < 0 ? sizes.length : region] += time;
  });
  return seconds.map((time) => (total.seconds ? time / total.seconds : null));
}

/** Cells by density: for each of `DENSITIES`, the cells that it has and denser ones have not. */
function densityLevels(total) {
  const inside = total.seconds - total.outside;
  const order = [...total.cells.keys()].filter((cell) => total.cells[cell] > 0).sort((a, b) => total.cells[b] - total.cells[a] || a - b);
  const levels = DENSITIES.map(() => []);
  let before = 0;
  for (const cell of order) {
    const level = DENSITIES.findIndex(([share]) => before < share * inside - 1e-9);
    levels[level < 0 ? DENSITIES.length - 1 : level].push(cell);
    before += total.cells[cell];
  }
  return levels;
}

const isDrawn = ([left, low]) => left >= -MAP_SIDE - 1e-9 && left < MAP_SIDE - 1e-9 && low >= MAP_BOTTOM - 1e-9 && low < MAP_TOP - 1e-9;
/** The time (s) with positions outside of the area that is drawn. */
const undrawnSeconds = (numbers, total) => total.outside + sum([...total.cells].filter((seconds, cell) => seconds && !isDrawn(cornerOf(numbers, cell))));

/** One heat map as an SVG group of this width: cells, regions, outline of a body, axes. */
function heatMap(numbers, total, { width, colour }) {
  const height = width * MAP_ASPECT;
  const [x, y] = [linearScale([-MAP_SIDE, MAP_SIDE], [0, width]), linearScale([MAP_TOP, MAP_BOTTOM], [0, height])];
  const size = x(numbers.cell) - x(0);
  const cells = densityLevels(total).map((level, index) => {
    const d = level.map((cell) => cornerOf(numbers, cell)).filter(isDrawn)
      .map(([left, low]) => `M${x(left).toFixed(1)} ${y(low).toFixed(1)}h${size.toFixed(2)}v${-size.toFixed(2)}h${-size.toFixed(2)}z`).join('');
    return svg('path', { d, style: { fill: colour, 'fill-opacity': DENSITIES[index][1] } });
  });
  const regions = Object.values(numbers.body.regions).map(([halfWidth, halfHeight]) => svg('rect', {
    x: x(-halfWidth), y: y(numbers.body.centre + halfHeight), width: x(2 * halfWidth) - x(0), height: y(0) - y(2 * halfHeight),
    style: { fill: 'none', stroke: PLOT_FAINT, 'stroke-width': 1, 'stroke-dasharray': '2 4' },
  }));
  const ticks = [-1, 0, 1].map((tick) => plotText(x(tick), height + 14, formatTick(tick), { anchor: 'middle', size: 11, colour: PLOT_FAINT }));
  return svg('g', {}, svg('rect', { width, height, style: { fill: 'none', stroke: PLOT_GRID } }), cells, regions, bodyOutline(numbers.body, x, y), ticks);
}

/** Shoulders, head and trunk, drawn with the heights of eyes and hips that the regions use. */
function bodyOutline({ eyes, hips }, x, y) {
  const style = { fill: 'none', stroke: PLOT_INK, 'stroke-width': 1.5, 'stroke-opacity': 0.75, 'stroke-linejoin': 'round' };
  const at = (across, up) => `${x(across).toFixed(1)} ${y(up).toFixed(1)}`;
  const head = svg('ellipse', { cx: x(0), cy: y(eyes - 0.03), rx: x(0.24) - x(0), ry: y(0) - y(0.33), style });
  const trunk = `M${at(-0.33, hips)}L${at(-0.36, -0.6)}L${at(-0.5, -0.05)}Q${at(-0.48, 0.06)} ${at(-0.15, 0.13)}L${at(-0.1, 0.3)}M${at(0.1, 0.3)}L${at(0.15, 0.13)}Q${at(0.48, 0.06)} ${at(0.5, -0.05)}L${at(0.36, -0.6)}L${at(0.33, hips)}`;
  return [head, svg('path', { d: trunk, style })];
}

/** Heat maps beside each other. `panels` have label, note, total (see `addUp`), colour and target. */
function heatMapPlot(numbers, panels, width, description) {
  const gap = 18;
  const columns = Math.max(1, Math.min(panels.length, Math.floor((width + gap) / (200 + gap))));
  const side = Math.min(300, (width - gap * (columns - 1)) / columns);
  const rowHeight = 38 + side * MAP_ASPECT + 26;
  const parts = panels.map((panel, index) => {
    const [left, top] = [(index % columns) * (side + gap), Math.floor(index / columns) * rowHeight];
    return svg('g', { transform: `translate(${left.toFixed(1)} ${top.toFixed(1)})` },
      svg('g', leadsTo(panel.target), svg('title', {}, panel.label), plotText(0, 14, shortenText(panel.label, side, 13, 600), { size: 13, weight: 600 })),
      plotText(0, 29, shortenText(panel.note, side, 11.5), { size: 11.5, colour: PLOT_FAINT }),
      svg('g', { transform: 'translate(0 38)' }, heatMap(numbers, panel.total, { width: side, colour: panel.colour || 'var(--accent)' })));
  });
  return drawingOf(width, Math.ceil(Math.ceil(panels.length / columns) * rowHeight), description, parts);
}
