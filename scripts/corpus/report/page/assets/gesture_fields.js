// The fields of gestures that the query language knows, and the columns of the list.

const round3 = (value) => Math.round(value * 1000) / 1000;
/** The texts that `person` finds: the name, if there is one, and the id. */
const personTexts = (person) => [names.of(person), person.id].filter(Boolean);

/** Whether a cell of a column of numbers says that the number is missing, as Python and R write it. */
const isMissingText = (text) => /^(nan|na|n\/a)?$/i.test(text);
/** Number of decimal digits that a double-precision number always keeps (DBL_DIG in C). */
const MAX_DIGITS = 15;

/** Whether texts can be searched as numbers: they are not ids, such as 007 or 1.1 beside 1.10, which numbers would change or make equal. */
function isNumberColumn(texts) {
  const known = [...new Set(texts.map(String))].filter((text) => !isMissingText(text));
  const isNumber = (text) => !Number.isNaN(parseNumber(text)) && !/^[+-]?0\d/.test(text) && text.replace(/\D/g, '').replace(/^0+/, '').length <= MAX_DIGITS;
  return known.length > 0 && known.every(isNumber) && new Set(known.map(parseNumber)).size === known.length;
}

/** Names of the columns of the manifest that are searched as numbers. */
const numberColumns = memoize(() => new Set(Object.keys(corpus.manifest_columns).filter((name) => isNumberColumn(corpus.manifest_columns[name]))));

/** Fields of every corpus by name; see `gestureFields`. */
function commonFields(gestures) {
  const { columns, values } = gestures;
  const personAt = (row) => (columns.cluster[row] < 0 ? null : clusters[columns.cluster[row]].person);
  const textsOf = new Map(people.map((person) => [person, personTexts(person)]));
  const videoTexts = videos.map((video) => video.id);
  const titles = videos.map((video) => video.title || '');
  const number = (name) => ({ type: 'number', also: [name], get: (row) => columns[name][row] });
  const choice = (name) => ({ type: 'choice', also: [name], values: values[name], get: (row) => values[name][columns[name][row]] ?? null });
  const flag = (name) => ({ type: 'flag', also: [name], get: (row) => (columns[name][row] < 0 ? null : columns[name][row] === 1) });
  const unitHands = memoize(() => findUnits(gestures).ofRow);
  // As in the numbers: both hands if the other hand takes part in the gesture of the person.
  const handsOf = (row) => {
    const unit = unitHands()[row];
    return unit ? (unit.hands === 3 ? 'both' : 'one') : columns.other_gesture[row] < 0 ? 'one' : 'both';
  };
  return new Map([
    ['person', { type: 'text', also: ['speaker', 'participant', 'name'], free: true, subject: true, get: (row) => textsOf.get(personAt(row)) || '' }],
    ['video', { type: 'text', also: ['video_id', 'file'], free: true, subject: true, get: (row) => videoTexts[columns.video[row]] }],
    ['title', { type: 'text', free: true, subject: true, get: (row) => titles[columns.video[row]] }],
    ['hand', choice('hand')],
    ['time', { type: 'number', also: ['start', 'start_s'], get: (row) => (columns.start[row] + columns.start_side[row] / 2 - videos[columns.video[row]].zero) / 1000 }],
    ['length', { type: 'number', also: ['duration', 'seconds'], get: (row) => columns.length_s[row] }],
    ['speed', number('peak_speed')],
    ['mean_speed', number('mean_speed')],
    ['size', number('extent')],
    ['path', number('path_length')],
    ['height', number('height_max')],
    ['region', choice('region')],
    ['movements', number('n_movements')],
    ['holds', number('n_holds')],
    ['hold', number('hold_s')],
    ['hands', { type: 'choice', values: ['one', 'both'], get: (row) => handsOf(row) }],
    ['symmetry', number('symmetry')],
    ['smoothness', number('smoothness')],
    ['visible', number('visible_share')],
    ['seen', { type: 'choice', also: ['start_seen', 'end_seen', 'whole', 'cut'], values: ['whole', 'cut'], get: (row) => (columns.start_seen[row] === 1 && columns.end_seen[row] === 1 ? 'whole' : 'cut') }],
    ['jump', flag('jump')],
    ['trunk', flag('trunk_movement')],
    ['gesture', number('gesture')],
    // Faces in pictures are not counted, see numbers_data.js.
    ['counted', { type: 'flag', get: (row) => columns.unit[row] >= 0 }],
    ['marked', { type: 'flag', also: ['mark'], get: (row) => marks.isMarked(markedGestureAt(gestures, row)) }],
    ['note', { type: 'text', also: ['comment'], free: true, get: (row) => marks.note(markedGestureAt(gestures, row)) }],
  ]);
}

const commonFieldNames = memoize(() => new Set(commonFields({ columns: {}, values: {} }).keys()));
/** A name that is not taken, in small letters: with `my_` before it, as often as needed. */
function freeFieldName(name, taken) {
  let free = name;
  while (taken.has(free.toLowerCase())) free = `my_${free}`;
  return free;
}

/** The field of each column of the manifest. Names that differ only in capital letters are the same in a search. */
const ownFieldNames = memoize(() => {
  const columns = Object.keys(corpus.manifest_columns);
  const reserved = new Set([...commonFieldNames(), 'map_x', 'map_y']);
  const isReserved = (name) => reserved.has(name.toLowerCase());
  const fieldOf = new Map();
  // A column named my_hand keeps its name beside a column named hand.
  for (const name of [...columns.filter((each) => !isReserved(each)), ...columns.filter(isReserved)]) {
    fieldOf.set(name, freeFieldName(name, reserved));
    reserved.add(fieldOf.get(name).toLowerCase());
  }
  return fieldOf;
});
/** The name of the field of a column of the manifest. */
const ownFieldName = (name) => ownFieldNames().get(name);

/**
 * Fields by name for `compileQuery`; a row is the number of a gesture in `gestures`. Fields with `subject` describe the person or the video,
 * those with `own` are the user's: columns of the manifest and tiers of ELAN files.
 * The fields of places on the map are not known until `points` are given, see `pointsForQuery`.
 */
function gestureFields(gestures, points = null) {
  const { columns } = gestures;
  const fields = commonFields(gestures);
  for (const [name, texts] of Object.entries(corpus.manifest_columns)) {
    const key = ownFieldName(name);
    const textAt = (row) => String(texts[columns.video[row]]);
    fields.set(key, numberColumns().has(name) ? { type: 'number', own: true, subject: true, text: textAt, get: (row) => parseNumber(textAt(row)) } : { type: 'text', own: true, subject: true, get: textAt });
  }
  // A column of the manifest keeps its name if a tier has the same one.
  const taken = new Set([...fields.keys(), 'map_x', 'map_y'].map((name) => name.toLowerCase()));
  for (const [name, each] of gestures.annotations || []) {
    const key = freeFieldName(name, taken);
    fields.set(key, each);
    taken.add(key.toLowerCase());
  }
  for (const [name, each] of corpus.similar ? mapFields(points) : []) fields.set(name, each);
  return fields;
}

/** The value of a field as the list shows it; those of the user are shown in their own form. */
function fieldText({ type, get, text }, row) {
  if (text) return text(row);
  const value = get(row);
  if (type === 'number') return formatValue(value);
  if (type === 'flag') return flagText(value);
  return Array.isArray(value) ? value.join(', ') : value ?? '';
}

/** Fields that can be an additional column of the list: those of the user first, then others that it does not show otherwise. */
function extraColumns(fields) {
  const shown = new Set(GESTURE_COLUMNS.map(({ key }) => key));
  const isAlike = (name) => shown.has(name) || ['gesture', 'counted'].includes(name);
  return [...fields].filter(([name]) => !isAlike(name)).sort(([, a], [, b]) => Number(Boolean(b.own)) - Number(Boolean(a.own)));
}

/** Rows in the order of a field; missing values come last, equal ones stay in the order of time. */
function sortGestures(rows, field, down) {
  const keys = rows.map((row) => {
    const value = field.get(row);
    return Array.isArray(value) ? value.join(' ') : value;
  });
  const isMissing = (key) => key === null || key === '' || Number.isNaN(key);
  const collator = new Intl.Collator('en', { numeric: true });
  const ranks = new Map([...new Set(keys.filter((key) => typeof key === 'string'))].sort(collator.compare).map((key, rank) => [key, rank]));
  const order = keys.map((key) => (isMissing(key) ? NaN : ranks.has(key) ? ranks.get(key) : Number(key)));
  const sign = down ? -1 : 1;
  const compare = (a, b) => {
    const [x, y] = [order[a], order[b]];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return sign * (x - y) || a - b;
  };
  return Uint32Array.from(rows.keys()).sort(compare).reduce((sorted, index, position) => {
    sorted[position] = rows[index];
    return sorted;
  }, new Array(rows.length));
}
