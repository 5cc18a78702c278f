// The search of the view Numbers: what a query of the list of gestures means for gestures, and for time in view.

/**
 * Whether an item matches a query tree: true, false, or null where the query depends on what the item has not. Logic with three values (Kleene
 * 1952, Introduction to Metamathematics, section 64). `testOf(token)` gives a function of the item for a condition or a word.
 */
function partialTest(tree, testOf) {
  if (tree.not) {
    const test = partialTest(tree.not, testOf);
    return (item) => { const value = test(item); return value === null ? null : !value; };
  }
  if (!tree.or && !tree.and) return testOf(tree);
  const decisive = Boolean(tree.or);
  const tests = (tree.or || tree.and).map((each) => partialTest(each, testOf));
  return (item) => {
    const values = tests.map((test) => test(item));
    return values.includes(decisive) ? decisive : values.includes(null) ? null : !decisive;
  };
}

/** Fields of rows of hand_use, which have a video and a person but no gesture: the row is an index of `use`. */
function fieldsOfUse({ use, gestures }) {
  const clusterOf = new Map(clusters.map((cluster, index) => [cluster.person, index]));
  const columns = { video: use.map((row) => row.video), cluster: use.map((row) => clusterOf.get(row.person)) };
  return new Map([...gestureFields({ columns, values: gestures.values })].filter(([, each]) => each.subject));
}

/** Whether a query may match each row of `data.use`, and whether the query depends on gestures. */
function matchUse(data, tree) {
  const fields = fieldsOfUse(data);
  const free = [...fields.values()].filter((each) => each.free);
  let selectsGestures = false;
  const unknown = () => { selectsGestures = true; return () => null; };
  const noted = marks.all().map((entry) => withoutAccents(entry.note)).join('\n');
  const testOf = (token) => {
    if (token.type === 'condition') return [...fields.keys()].some((name) => name.toLowerCase() === token.key.toLowerCase()) ? conditionTest(token, fields) : unknown();
    const test = textTest({ operator: ':', value: token.word, isQuoted: true });
    // A word that is in a note may select gestures of people who do not have the word in their names.
    const otherwise = noted.includes(withoutAccents(token.word)) ? unknown()() : false;
    return (item) => free.some((each) => test(each.get(item))) || otherwise;
  };
  const test = partialTest(tree, testOf);
  return { matches: data.use.map((_, index) => test(index) !== false), selectsGestures };
}

/**
 * What a query selects: `test(row)` for gestures, `keepsUse(row)` for rows of hand_use, and whether it `selectsGestures` by more than their
 * person and video. Time in view cannot be divided among gestures, so all time counts of each person and video that can match. Throws QueryError.
 */
function numbersQuery(data, text, points) {
  if (!text.trim()) return { test: () => true, keepsUse: () => true, selectsGestures: false };
  const test = compileQuery(text, gestureFields(data.gestures, points));
  const { matches, selectsGestures } = matchUse(data, parseQuery(text));
  const kept = new Set(data.use.filter((_, index) => matches[index]));
  return { test, keepsUse: (row) => kept.has(row), selectsGestures };
}

/** The sentences about a search, for captions of plots of gestures and of plots of time. */
function searchNotes(text, selectsGestures) {
  const searched = text.trim() && ` Search: ${text.trim()}.`;
  return {
    gestures: searched,
    rates: searched && selectsGestures ? `${searched} It selects gestures, not time: rates divide the gestures found by all time in view of these people.` : searched,
    time: searched && selectsGestures ? `${searched} This plot shows time, so conditions on gestures do not change it.` : searched,
  };
}

const hasLongIds = memoize(() => people.some((person) => person.id.length !== people[0].id.length));
/** A condition that only one person meets: ids of different lengths can contain each other. */
const personCondition = (person) => (person ? `person:${hasLongIds() ? '*' : ''}${person.id}` : '-person:*');
const videoCondition = (video) => `video=${quotedWord(video.id)}`;

/** The values of a column of the manifest by what a search makes of them, without accents and capital letters. */
const sameInSearch = rememberBy('name', ({ name }) => {
  const values = new Map();
  for (const value of corpus.manifest_columns[name].map(String)) {
    const folded = withoutAccents(value);
    values.set(folded, (values.get(folded) || new Set()).add(value));
  }
  return values;
});

/** The condition that a column of the manifest has this value; null if no condition can say it. */
function columnCondition(name, value) {
  const key = quotedWord(ownFieldName(name));
  if (numberColumns().has(name)) return isMissingText(value) ? null : `${key}=${quotedWord(value)}`;
  if (value === '') return `-${key}:*`;
  return sameInSearch({ name }).get(withoutAccents(value)).size === 1 ? `${key}=${quotedWord(value)}` : null;
}

/** The conditions that the choices of the view stand for, in the list of gestures. */
function conditionsOf(data, { q, person, video, whole }) {
  const search = (q || '').trim();
  const isCounted = data.units.ofRow.length === data.gestures.n && data.gestures.columns.unit.every((unit) => unit >= 0);
  return [
    /\sor\s/i.test(search) ? `(${search})` : search, person && personCondition(personById.get(person)), video && videoCondition(videoById.get(video)),
    whole && 'seen:whole', !isCounted && 'counted:yes',
  ].filter(Boolean);
}
