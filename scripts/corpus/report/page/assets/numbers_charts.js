// The plots of the view Numbers about gestures: rates, distributions, handedness. `context` is what numbersContext gives.

/** Measures whose distribution can be shown: title of the axis, and the value of a gesture by its row. */
const MEASURES = {
  length: { title: 'length', unit: 's', of: (columns, row) => columns.length_s[row] },
  peak_speed: { title: 'highest speed', unit: 'shoulder widths per second' },
  extent: { title: 'size (diagonal of the box around the path)', unit: 'shoulder widths' },
  height_max: { title: 'highest point above the shoulders', unit: 'shoulder widths' },
  path_length: { title: 'length of the path', unit: 'shoulder widths' },
  hold_s: { title: 'time in holds', unit: 's' },
  n_holds: { title: 'number of holds', unit: '' },
  n_submovements: { title: 'number of submovements', unit: '' },
};

/** The value of a measure for a gesture; NaN if it is not known. */
function measureOf(name, columns, row) {
  const { of } = MEASURES[name];
  if (of) return of(columns, row);
  // Integers are -1 where they are missing; measures that can be negative are not integers.
  const value = columns[name][row];
  return columns[name] instanceof Float64Array || value >= 0 ? value : NaN;
}

/** The address of the list of the gestures that meet the conditions of the view and these, each a text. */
const listHref = (context, ...conditions) => href(['gestures'], { q: [...new Set([...context.conditions, ...conditions])].join(' ') });
/** Where a group leads: to the list of its gestures, or to the page of its person or video. */
const groupHref = (context, group) => (group.query ? listHref(context, group.query) : group.page || null);
/** The name of a group with a link to its person or video, or to its gestures. */
function groupLink(context, group) {
  const target = group.page || groupHref(context, group);
  return target ? h('a', { href: target }, group.label) : group.label;
}
const minutes = (ms) => ms / 60000;
const formatTime = (ms) => (ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : ms < 6e6 ? `${(ms / 60000).toFixed(1)} min` : `${(ms / 36e5).toFixed(1)} h`);

/** What the numbers are based on, and what was not seen. */
function basis({ rows, units, use, whole, nCut }) {
  const [screen, visible] = [sum(use.map((row) => row.screen)), sum(use.map((row) => row.visible))];
  const countOf = (items) => new Set(items.map((item) => item.person).filter(Boolean)).size;
  const inView = countOf(use.filter((row) => row.visible > 0));
  const cut = whole ? `${countNoun(nCut, 'gesture')} without a seen start or end ${nCut === 1 ? 'is' : 'are'} left out.` : `${nCut ? `${formatCount(nCut)} of them begin or end out of view.` : 'All of them are seen from start to end.'}`;
  // The list and the tables have a row for each hand.
  const ofHands = rows.length > units.length ? ` (each hand by itself, as in the list: ${formatCount(rows.length)})` : '';
  return `n = ${countNoun(units.length, 'gesture')} of ${countPeople(countOf(units))}${ofHands}. Hands are in view for ${formatTime(visible)} (${formatCount(inView)} of ${countPeople(countOf(use))}), faces on screen for ${formatTime(screen)}; what hands do out of view is not known. ${units.length + nCut ? cut : ''}`.trim();
}

function rateChart(context) {
  const { data, use, units, grouping, by } = context;
  const groups = ratesBy(use, units, grouping, by === 'hand');
  const longest = Math.max(1, ...groups.flatMap((group) => group.parts.map((part) => part.ms)));
  const rows = groups.map((group) => ({
    label: group.label, colour: colourOfGroup(group), target: groupHref(context, group),
    note: group.rate === null ? 'hands never in view' : `n = ${formatCount(group.n)} in ${formatTime(group.ms)}${by === 'person' ? '' : `, ${countPeople(group.people)}`}`,
    mark: group.rate === null ? null : { value: group.rate, text: `${group.label}: ${formatValue(group.rate)} per minute` },
    points: group.parts.filter((part) => part.rate !== null).map((part) => ({
      value: part.rate, colour: colourOf(part.person), hollow: part.ms < 60000, radius: 2.5 + 4 * Math.sqrt(part.ms / longest),
      text: `${names.label(part.person)} in ${videos[part.video].id}: ${part.n} in ${formatTime(part.ms)}, ${formatValue(part.rate)} per minute`,
      target: listHref(context, personCondition(part.person), videoCondition(videos[part.video])),
    })),
  }));
  const limits = niceLimits(rows.flatMap((row) => row.points.map((point) => point.value)));
  const title = `Gestures per minute, by ${grouping.title}`;
  const nFaceless = units.filter((unit) => !unit.person).length;
  return chartFigure({
    name: 'rates', title,
    caption: `Gestures per minute in which a hand is in view; a two-handed gesture counts once, and has a row for each hand in the list of gestures. Each dot is one person in one video: the larger, the longer the time in view; hollow below one minute, where rates are very uncertain. The line is the rate of all time in a row together. ${basis(context)}${nFaceless ? ` ${countNoun(nFaceless, 'gesture')} of bodies without a face have no rate.` : ''}${context.whole ? ' Without the gestures that are left out, these rates are lower limits.' : ''}${context.notes.rates}${leftOutRows(rows)}`,
    draw: (width) => rowPlot({ rows, title: 'gestures per minute', limits, width, description: `${title}. ${groups.slice(0, 10).map((group) => `${group.label}: ${formatValue(group.rate)}`).join('; ')}.` }),
    table: {
      columns: [grouping.title, 'gestures', 'people', 'minutes in view', 'gestures per minute'],
      rows: groups.map((group) => [group.label, group.n, group.people, minutes(group.ms), group.rate]),
      link: linkOf(context, groups),
    },
    values: () => ({
      columns: ['video_id', 'person', ...(by === 'hand' ? ['hand'] : []), 'gestures', 'visible_s', 'gestures_per_minute'],
      rows: groups.flatMap((group) => group.parts.map((part) => [videos[part.video].id, part.person.id, ...(by === 'hand' ? [part.hand] : []), part.n, part.ms / 1000, part.rate])),
    }),
  });
}

const colourOfGroup = (group) => (group.person ? colourOf(group.person) : 'var(--accent)');
/** A function from the rows of a table to the links of their groups, which are in the same order. */
const linkOf = (context, groups) => {
  const linkOfLabel = new Map(groups.map((group) => [group.label, group]));
  return (row) => groupLink(context, linkOfLabel.get(row[0]));
};

function distributionChart(context) {
  const { data, rows: gestureRows, grouping, measure } = context;
  const { columns } = data.gestures;
  const { title: measureTitle, unit } = MEASURES[measure];
  const items = gestureRows.map((row) => ({ row, value: measureOf(measure, columns, row), video: columns.video[row], person: personOfRow(data.gestures, row), hand: HAND_NAMES[columns.hand[row]] }));
  const known = items.filter((item) => !Number.isNaN(item.value));
  const groups = groupBy(known, grouping.of).map((group) => ({ ...group, summary: summaryOf(group.items.map((item) => item.value)) }));
  const rows = groups.map((group) => ({
    label: group.label, colour: colourOfGroup(group), target: groupHref(context, group), summary: group.summary,
    note: `n = ${formatCount(group.summary.n)}${group.summary.median === null ? ', too few for quartiles' : `, median ${formatValue(group.summary.median)}`}`,
    // Above this number only the values are drawn, and texts of 100,000 gestures take seconds.
    points: group.items.map((item) => (group.items.length > MAX_POINTS ? { value: item.value } : {
      value: item.value, colour: colourOf(item.person), target: href(['video', videos[item.video].id], { gesture: columns.gesture[item.row] }),
      text: `${videos[item.video].id}, ${item.person ? names.label(item.person) : 'without a face'}, ${item.hand}: ${formatValue(item.value)}`,
    })),
  }));
  const limits = niceLimits(known.map((item) => item.value));
  const axis = unit ? `${measureTitle}, ${unit}` : measureTitle;
  const title = `${measureTitle[0].toUpperCase()}${measureTitle.slice(1)}, by ${grouping.title}`;
  const nUnknown = items.length - known.length;
  return chartFigure({
    name: measure.replaceAll('_', '-'), title,
    caption: `Each dot is the gesture of one hand; above ${MAX_POINTS} in a row, their number. The band reaches from the first to the third quartile, the line is the median; below ${MIN_FOR_QUARTILES} gestures there is neither, because the range of so few does not reliably contain the median. n = ${countNoun(known.length, 'gesture')} of one hand${nUnknown ? `; unknown for ${formatCount(nUnknown)} more` : ''}. ${context.whole ? 'Gestures that begin or end out of view are left out.' : 'Gestures that begin or end out of view are included as far as they are seen.'}${context.notes.gestures}${leftOutRows(rows)}`,
    draw: (width) => rowPlot({ rows, title: axis, limits, width, description: `${title}. ${groups.slice(0, 10).map(({ label: name, summary }) => `${name}: n = ${summary.n}, from ${formatValue(summary.least)} to ${formatValue(summary.largest)}${summary.median === null ? '' : `, median ${formatValue(summary.median)}`}`).join('; ')}.` }),
    table: {
      columns: [grouping.title, 'n', 'least', 'first quartile', 'median', 'third quartile', 'largest'],
      rows: groups.map(({ label: name, summary }) => [name, summary.n, ...[summary.least, summary.first, summary.median, summary.third, summary.largest]]),
      link: linkOf(context, groups),
    },
    values: () => ({
      columns: ['video_id', 'gesture', 'person', 'hand', measure],
      rows: known.map((item) => [videos[item.video].id, columns.gesture[item.row], item.person ? item.person.id : '', item.hand.split(' ')[0], item.value]),
    }),
  });
}

const HAND_COLOURS = { left: ['var(--accent)', 'L'], both: ['var(--sunk)', 'B'], right: ['var(--warn)', 'R'] };

/** Units of the left, both and right hands as parts of a bar, and the laterality quotient. */
function handednessCharts(context) {
  const { use, units } = context;
  const grouping = context.by === 'hand' ? groupings().person : context.grouping;
  const groups = groupBy(units, ({ video, person }) => grouping.of({ video, person })).map((group) => {
    const counts = handCounts(group.items);
    return { ...group, counts, ...handednessOf(counts) };
  });
  const countsText = ({ left, both, right }) => `left ${formatCount(left)}, both ${formatCount(both)}, right ${formatCount(right)}`;
  const shared = (group) => ({ label: group.label, target: groupHref(context, group) });
  const bars = groups.map((group) => ({
    ...shared(group), note: `n = ${formatCount(group.items.length)}: ${countsText(group.counts)}`,
    segments: Object.entries(HAND_COLOURS).map(([hand, [colour, letter]]) => ({
      value: group.counts[hand] / group.items.length, colour, text: `${letter} ${formatCount(group.counts[hand])}`, ink: hand === 'both' ? PLOT_INK : null,
      title: `${group.label}: ${hand} ${group.counts[hand]} of ${group.items.length}`, target: group.query && listHref(context, group.query, hand === 'both' ? 'hands:both' : `hand:${hand} hands:one`),
    })),
  }));
  const quotients = groups.map((group) => ({
    ...shared(group), colour: colourOfGroup(group), interval: group.interval,
    note: group.index === null ? '' : `${formatValue(group.index)}${group.interval ? ` (${group.interval.map(formatValue).join(' to ')})` : ', only two-handed'}, n = ${formatCount(group.items.length)}`,
    points: group.index === null ? [] : [{ value: group.index, radius: 6, text: `${group.label}: ${formatValue(group.index)}` }],
  }));
  const table = {
    columns: [grouping.title, 'left hand', 'both hands', 'right hand', 'handedness', 'lower limit', 'upper limit'],
    rows: groups.map((group) => [group.label, group.counts.left, group.counts.both, group.counts.right, group.index, ...(group.interval || [null, null])]),
    link: linkOf(context, groups),
  };
  const barTitle = `Gestures by hand, by ${grouping.title}`;
  const describe = (title) => `${title}. ${groups.slice(0, 10).map((group) => `${group.label}: ${countsText(group.counts)}, handedness ${formatValue(group.index)}`).join('; ')}.`;
  const nText = basis(context) + context.notes.gestures;
  return [
    chartFigure({
      name: 'hands', title: barTitle, table,
      caption: `Shares of gestures with the left hand (L), both (B) and the right hand (R), the person's own. A hand that is out of view cannot gesture: see how long each is in view below. ${nText}${leftOutRows(bars)}`,
      draw: (width) => rowPlot({ rows: bars, title: 'share of gestures', limits: [0, 1], width, format: formatPercent, description: describe(barTitle) }),
    }),
    chartFigure({
      name: 'handedness', title: `Handedness, by ${grouping.title}`, table,
      caption: `Laterality quotient: right minus left, divided by their sum; two-handed gestures count for both hands. −1 is left only, 1 right only. The line is a 95 % interval (Wilson) for one-handed gestures; it takes gestures as independent, so it is rather too narrow. ${nText}${leftOutRows(quotients)}`,
      draw: (width) => rowPlot({ rows: quotients, title: 'left −1 … 1 right', limits: [-1, 1], width, description: describe('Handedness') }),
    }),
    movementChart(context, grouping),
  ];
}

/** The share of time in view in which each hand moves. */
function movementChart(context, grouping) {
  const { use } = context;
  const groups = groupBy(use, grouping.of).map((group) => {
    const total = (name) => sum(group.items.map((row) => row[name]));
    const hands = ['left', 'right'].map((hand) => ({ hand, visible: total(`${hand}_visible`), moving: total(`${hand}_movement`) }));
    return { ...group, hands, shares: hands.map(({ visible, moving }) => (visible ? moving / visible : null)), both: total('both_visible') };
  }).sort((a, b) => b.both - a.both);
  const rows = groups.map((group) => ({
    label: group.label, target: groupHref(context, group),
    note: `in view: L ${formatTime(group.hands[0].visible)}, R ${formatTime(group.hands[1].visible)}`,
    ends: group.hands.map(({ hand, visible, moving }, index) => ({
      value: group.shares[index], text: HAND_COLOURS[hand][1], colour: HAND_COLOURS[hand][0],
      title: `${group.label}: the ${hand} hand moves ${formatTime(moving)} of ${formatTime(visible)} in view`,
    })).filter((end) => end.value !== null),
  }));
  const title = `Time with movement, by ${grouping.title}`;
  const text = (share) => (share === null ? 'not in view' : formatPercent(share));
  return chartFigure({
    name: 'movement', title,
    caption: `Share of the time in view in which the left hand (L) and the right hand (R) move, gestures or not. n = ${formatTime(sum(use.map((row) => row.left_visible)))} with the left hand in view and ${formatTime(sum(use.map((row) => row.right_visible)))} with the right hand, ${countPeople(new Set(use.map((row) => row.person)).size)}.${rows.length > MAX_ROWS ? leftOutRows(rows).replace('most gestures', 'longest time in view') : ''}${context.notes.time}`,
    draw: (width) => rowPlot({ rows, title: 'share of time in view', limits: niceLimits(groups.flatMap((group) => group.shares).filter((share) => share !== null)), width, format: formatPercent, description: `${title}. ${groups.slice(0, 10).map((group) => `${group.label}: left ${text(group.shares[0])}, right ${text(group.shares[1])}`).join('; ')}.` }),
    table: {
      columns: [grouping.title, 'left hand in view, s', 'left hand moves, s', 'right hand in view, s', 'right hand moves, s', 'both in view, s', 'left share', 'right share'],
      rows: groups.map((group) => [group.label, ...group.hands.flatMap(({ visible, moving }) => [visible / 1000, moving / 1000]), group.both / 1000, ...group.shares]),
      link: linkOf(context, groups),
    },
  });
}
