// Counts, rates and times behind the plots of the view Numbers.
//
// A gesture is the gesture unit of one hand, a unit that of a person: a two-handed one is counted once. Rates are units per
// minute in which at least one hand is in view, as in the table hand_use. Copies and pictures of people are left out.

/** A promise of everything that the plots need, or of null if a side file is missing: the side file `numbers`, `gestures` and `units`. */
const loadNumbers = memoize(async () => {
  const [numbers, gestures] = await Promise.all([loadJsonSideFile('numbers'), allGestures()]);
  forgetSideFile('numbers');
  if (!numbers || !gestures) return null;
  const use = numbers.use ? rowsOfColumns(numbers.use) : [];
  const space = rowsOfColumns(numbers.space);
  for (const row of [...use, ...space]) row.person = people[row.person];
  return { ...numbers, use, space, gestures, units: findUnits(gestures), hasUse: Boolean(numbers.use) };
});

/** Objects from columns of the same length. */
function rowsOfColumns(columns) {
  const entries = Object.entries(columns);
  return Array.from({ length: entries[0][1].length }, (_, index) => Object.fromEntries(entries.map(([name, column]) => [name, column[index]])));
}

const personOfRow = ({ columns }, row) => (columns.cluster[row] < 0 ? null : clusters[columns.cluster[row]].person);

/**
 * The units of all gestures: {video, person, hands (1 left, 2 right, 3 both), whole}, and the unit of each gesture by its row;
 * undefined for copies and pictures. `whole` is whether the hand that starts is seen at rest before, and the one that ends last after.
 */
function findUnits(gestures) {
  const { video, unit, hand, start, end, start_seen: startSeen, end_seen: endSeen } = gestures.columns;
  const found = new Map();
  const ofRow = new Array(gestures.n);
  for (let row = 0; row < gestures.n; row += 1) {
    if (unit[row] < 0) continue;
    const key = video[row] * 2 ** 32 + unit[row];
    let entry = found.get(key);
    if (!entry) {
      entry = { video: video[row], person: personOfRow(gestures, row), hands: 0, start: Infinity, end: -Infinity };
      found.set(key, entry);
    }
    entry.hands |= hand[row] === 0 ? 1 : 2;
    if (start[row] < entry.start) [entry.start, entry.startSeen] = [start[row], startSeen[row] !== 0];
    if (end[row] > entry.end) [entry.end, entry.endSeen] = [end[row], endSeen[row] !== 0];
    ofRow[row] = entry;
  }
  const all = [...found.values()];
  for (const entry of all) entry.whole = entry.startSeen && entry.endSeen;
  return { all, ofRow };
}

/** Rows of gestures, without copies and pictures, that pass a test; with `whole`, only those whose start and end are seen. */
function selectRows(data, { whole, test }) {
  const { columns, n } = data.gestures;
  const rows = [];
  for (let row = 0; row < n; row += 1) {
    const isWhole = columns.start_seen[row] !== 0 && columns.end_seen[row] !== 0;
    if (data.units.ofRow[row] && (!whole || isWhole) && (!test || test(row))) rows.push(row);
  }
  return rows;
}

/** The units of these gestures, each once; with `whole`, only those that are seen whole. */
function unitsOfRows(data, rows, whole) {
  const units = new Set(rows.map((row) => data.units.ofRow[row]));
  return [...units].filter((unit) => !whole || unit.whole);
}

const HAND_NAMES = ['left hand', 'right hand'];
const UNIT_HANDS = { 1: 'left hand', 2: 'right hand', 3: 'both hands' };
const quotedWord = (text) => (/^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(text) ? text : `"${text.replaceAll('"', '""')}"`);

/** `make(item)` that is called once for each value of a property of items: 100,000 items have few people and videos. */
function rememberBy(property, make) {
  const made = new Map();
  return (item) => {
    if (!made.has(item[property])) made.set(item[property], make(item));
    return made.get(item[property]);
  };
}

/**
 * Ways to group, by name: `of({video, person, hand})` gives the group as {key, label, person, query, page}. `hand` is the name of a hand;
 * with `byUnit`, of the only hand of a unit. `query` selects the group in the list of gestures (null if no query can), `page` is the address
 * of its person or video.
 */
function groupings() {
  const ofPerson = rememberBy('person', ({ person }) => (person
    ? { key: person.id, label: names.distinctLabel(person), person, query: personCondition(person), page: href(['person', person.id]) }
    : { key: '', label: 'without a face', person: null, query: personCondition(null) }));
  const ways = {
    person: { title: 'person', of: ofPerson },
    video: { title: 'video', of: rememberBy('video', ({ video }) => ({ key: videos[video].id, label: videos[video].id, query: videoCondition(videos[video]), page: href(['video', videos[video].id]) })) },
    hand: { title: 'hand', of: ({ hand, byUnit }) => ({ key: hand, label: hand, query: hand === 'both hands' ? 'hands:both' : `hand:${hand.split(' ')[0]}${byUnit ? ' hands:one' : ''}` }) },
  };
  Object.keys(corpus.manifest_columns).forEach((name) => {
    const isNumber = numberColumns().has(name);
    // Missing numbers are one group, in whichever way they are written.
    const column = corpus.manifest_columns[name].map((value) => (isNumber && isMissingText(`${value}`) ? '' : `${value}`));
    ways[`column ${name}`] = {
      title: name,
      of: rememberBy('video', ({ video }) => ({ key: column[video], label: column[video] || `no ${name}`, query: columnCondition(name, column[video]) })),
    };
  });
  return ways;
}

/** Groups of items in the order of their number of items, largest first: each with the properties of `of` and `items`. */
function groupBy(items, of) {
  const groups = new Map();
  for (const item of items) {
    const group = of(item);
    if (!groups.has(group.key)) groups.set(group.key, { ...group, items: [] });
    groups.get(group.key).items.push(item);
  }
  return [...groups.values()].sort((a, b) => b.items.length - a.items.length || a.label.localeCompare(b.label, 'en', { numeric: true }));
}

/**
 * Rates by group. Each has `n` (units), `ms` (time in view), `rate` (units per minute, null without time in view), `people`
 * and `parts`: the same for each person and video. `use` are the rows of hand_use to count.
 */
function ratesBy(use, units, grouping, byHand) {
  const inUse = new Set(use.map((row) => `${row.video} ${row.person.index}`));
  const hands = byHand ? Object.values(UNIT_HANDS) : [null];
  const parts = new Map();
  for (const row of use) {
    for (const hand of hands) parts.set(`${row.video} ${row.person.index} ${hand}`, { video: row.video, person: row.person, hand, byUnit: true, ms: row.visible, n: 0 });
  }
  for (const unit of units) {
    if (!unit.person || !inUse.has(`${unit.video} ${unit.person.index}`)) continue;
    parts.get(`${unit.video} ${unit.person.index} ${byHand ? UNIT_HANDS[unit.hands] : null}`).n += 1;
  }
  const rate = ({ n, ms }) => (ms > 0 ? n / (ms / 60000) : null);
  const all = [...parts.values()].map((part) => ({ ...part, rate: rate(part) }));
  return groupBy(all, grouping.of).map((group) => {
    const total = { n: sum(group.items.map((part) => part.n)), ms: sum(group.items.map((part) => part.ms)) };
    return { ...group, ...total, rate: rate(total), people: new Set(group.items.map((part) => part.person)).size, parts: group.items };
  }).sort((a, b) => b.n - a.n || b.ms - a.ms);
}

/**
 * The laterality quotient of units, from -1 (left) to 1 (right), as `handedness` in the table hand_use: two-handed units count
 * for both hands. `interval` is Wilson's 95 % interval for the share of the right hand in one-handed units (Wilson 1927,
 * doi:10.1080/01621459.1927.10502953), on the scale of the quotient and given the number of two-handed units. It takes units as
 * independent. Both are null without units, the interval also without one-handed ones.
 */
function handednessOf({ left, right, both }) {
  const oneHanded = left + right;
  const uses = oneHanded + 2 * both;
  if (!uses) return { index: null, interval: null };
  const index = (right - left) / uses;
  if (!oneHanded) return { index, interval: null };
  const [z2, share] = [1.959964 ** 2, right / oneHanded];
  const centre = (share + z2 / (2 * oneHanded)) / (1 + z2 / oneHanded);
  const half = (Math.sqrt(z2) / (1 + z2 / oneHanded)) * Math.sqrt((share * (1 - share)) / oneHanded + z2 / (4 * oneHanded ** 2));
  return { index, interval: [centre - half, centre + half].map((limit) => ((2 * limit - 1) * oneHanded) / uses) };
}

/** Numbers of units of the left, right and both hands. */
const handCounts = (units) => ({ left: units.filter((unit) => unit.hands === 1).length, right: units.filter((unit) => unit.hands === 2).length, both: units.filter((unit) => unit.hands === 3).length });
