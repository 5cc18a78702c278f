// The plot of the view Numbers about space: where hands are, around the body.

const MAX_PANELS = 12;
const SPACE_HANDS = { both: 'both hands', left: 'left hand', right: 'right hand' };
const SPACE_TIMES = { gestures: 'during gestures', all: 'all time in view' };

/** Rows of the side file's `space` for these people and videos, hands and times. */
function spaceRows({ data, use, hands, times }) {
  const inUse = new Set(use.map((row) => `${row.video} ${row.person.index}`));
  return data.space.filter((row) => inUse.has(`${row.video} ${row.person.index}`)
    && (hands === 'both' || row.hand === Object.keys(SPACE_HANDS).indexOf(hands) - 1) && (times === 'all' || row.gesturing));
}

const REGION_TITLES = ['center-center', 'center', 'periphery', 'extreme periphery'];

function spaceChart(context) {
  const { data, grouping, times } = context;
  // Groups by hand show both, whatever was chosen before.
  const hands = context.by === 'hand' ? 'both' : context.hands;
  const groups = groupBy(spaceRows({ ...context, hands }), ({ video, person, hand }) => grouping.of({ video, person, hand: HAND_NAMES[hand] })).map((group) => {
    const total = addUp(data, group.items);
    return { ...group, total, shares: regionShares(data, total), people: new Set(group.items.map((row) => row.person)).size };
  }).sort((a, b) => b.total.seconds - a.total.seconds);
  const shown = groups.slice(0, MAX_PANELS);
  const panels = shown.map((group) => ({
    label: group.label, colour: colourOfGroup(group), total: group.total, target: groupHref(context, group),
    note: `${formatTime(group.total.seconds * 1000)}${context.by === 'person' ? '' : `, ${countPeople(group.people)}`}`,
  }));
  const title = `Space used by ${context.by === 'hand' ? 'hands' : SPACE_HANDS[hands]}, ${SPACE_TIMES[times]}, by ${grouping.title}`;
  const beyond = sum(groups.map((group) => undrawnSeconds(data, group.total)));
  const seconds = sum(groups.map((group) => group.total.seconds));
  return chartFigure({
    name: 'space', title,
    caption: `Time by position of the hand in shoulder widths, as the camera sees it: the person's left is on the right. From dark to light: the smallest areas with 25, 50, 75, 95 and 100 % of the time. Dashed: center-center, center and periphery of gesture space. n = ${formatTime(seconds * 1000)} of hands${hands === 'both' && context.by !== 'hand' ? ', each hand counted' : ''}, ${countPeople(new Set(groups.flatMap((group) => group.items.map((row) => row.person))).size)}. Hands out of view are missing${beyond > 0 ? `, and ${formatTime(beyond * 1000)} further away than the map reaches are not drawn` : ''}.${groups.length > MAX_PANELS ? ` Shown are the ${MAX_PANELS} with the longest time; ${formatCount(groups.length - MAX_PANELS)} more are in the table.` : ''}${context.notes.time}`,
    draw: (width) => (panels.length ? heatMapPlot(data, panels, width, `${title}. ${shown.map((group) => `${group.label}: ${REGION_TITLES.map((region, index) => `${region} ${formatPercent(group.shares[index])}`).join(', ')}`).join('; ')}.`)
      : drawingOf(width, 30, 'No positions', plotText(0, 18, 'No hand is in view.', { colour: PLOT_FAINT }))),
    table: {
      columns: [grouping.title, 'seconds', ...REGION_TITLES],
      rows: groups.map((group) => [group.label, group.total.seconds, ...group.shares]),
      link: linkOf(context, groups),
    },
    values: () => ({
      columns: [grouping.title, 'x_shoulder_widths', 'y_shoulder_widths', 'seconds'],
      rows: groups.flatMap((group) => [...group.total.cells.keys()].filter((cell) => group.total.cells[cell] > 0).map((cell) => {
        const [x, y] = cornerOf(data, cell).map((edge) => Math.round((edge + data.cell / 2) * 1000) / 1000);
        return [group.label, x, y, Math.round(group.total.cells[cell] * 1000) / 1000];
      })),
    }),
  });
}
