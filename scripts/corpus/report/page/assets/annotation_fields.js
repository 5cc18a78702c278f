// What people annotated in ELAN, as fields of gestures: annotation_list.py describes the side file.

const MIN_SHARED = 0.5;
/** ELAN files have whole milliseconds. */
const SAME_MS = 2;

/** The row in a range for which `isSame` holds, as an array; empty if there is none or more than one. */
function onlyAtTimes(gestures, [first, last], isSame) {
  const rows = [];
  for (let row = first; row < last; row += 1) if (isSame(row)) rows.push(row);
  return rows.length === 1 ? rows : [];
}

/**
 * The texts of each gesture (by row) on tiers of one field: Map of field and Map of row and array of texts. An annotation belongs to gestures
 * of its person and hand that it overlaps, or, if nobody has the name of its person, to the one gesture with its times and hand.
 */
function matchAnnotations({ tiers, rows }, gestures) {
  const { start, end, hand } = gestures.columns;
  const foldedTexts = new Map(people.map((person) => [person, personTexts(person).map(withoutAccents)]));
  const participants = tiers.map(({ participant }) => participant && withoutAccents(participant));
  // The person has another name now, or the name was only typed on the page.
  const known = new Set([...foldedTexts.values()].flat());
  const isUnknown = participants.map((participant) => Boolean(participant) && !known.has(participant));
  const isHand = (tier, row) => !tiers[tier].hand || tiers[tier].hand === gestures.values.hand[hand[row]];
  const fields = new Map();
  const tierFields = tiers.map(({ field: name }) => {
    if (!fields.has(name)) fields.set(name, new Map());
    return fields.get(name);
  });
  rows.video.forEach((videoId, index) => {
    const video = videoById.get(videoId);
    if (!video) return;
    const [tier, from, to] = [rows.tier[index], rows.start[index], rows.end[index]];
    const [first, last] = gestures.rangeOf(video);
    let found = [];
    // Rows of a video are sorted by start.
    for (let row = first; row < last && start[row] < to; row += 1) {
      const shared = Math.min(end[row], to) - Math.max(start[row], from);
      if (shared < MIN_SHARED * Math.min(end[row] - start[row], to - from) || shared <= 0) continue;
      if (!isHand(tier, row)) continue;
      const person = personOfRow(gestures, row);
      // An empty text stands for bodies without a face, null for anybody.
      if (participants[tier] !== null && (person ? !foldedTexts.get(person).includes(participants[tier]) : participants[tier] !== '')) continue;
      found.push(row);
    }
    // An annotation with the times of a gesture belongs to this one, and not to others at the same time.
    const isSame = (row) => Math.abs(start[row] - from) <= SAME_MS && Math.abs(end[row] - to) <= SAME_MS;
    if (found.some(isSame)) found = found.filter(isSame);
    else if (!found.length && isUnknown[tier]) found = onlyAtTimes(gestures, [first, last], (row) => isSame(row) && isHand(tier, row));
    for (const row of found) {
      const texts = tierFields[tier].get(row) || [];
      if (!texts.includes(rows.text[index])) tierFields[tier].set(row, [...texts, rows.text[index]]);
    }
  });
  return fields;
}

/** The field of texts by row: a number, such as a rating, if each gesture has at most one text and all are numbers. */
function annotationField(texts) {
  const all = [...texts.values()];
  const textAt = (row) => (texts.get(row) || [''])[0];
  return all.every((each) => each.length === 1) && isNumberColumn(all.flat()) ? { type: 'number', own: true, text: textAt, get: (row) => parseNumber(textAt(row)) }
    : { type: 'text', own: true, get: (row) => texts.get(row) || '' };
}

/** A promise of fields for `gestureFields` by name; a Map without entries if nothing was annotated. */
async function loadAnnotationFields(gestures) {
  const files = await resultFiles();
  if (!files || !files.annotations) return new Map();
  const content = await loadJsonSideFile('annotations');
  forgetSideFile('annotations');
  if (!content) return new Map();
  // Names of people are those when the page was opened.
  return new Map([...matchAnnotations(content, gestures)].map(([name, texts]) => [name, annotationField(texts)]));
}
