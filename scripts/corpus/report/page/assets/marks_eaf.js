// Marks and notes as ELAN files (EAF 3.0), which `snakemake annotations` reads as added tiers.
//
// For each person and hand there is a tier with the marked gestures, and two that depend on it: marks
// and notes. The format is that of scripts/corpus/elan/eaf_writer.py.

const EAF_KINDS = { gesture: null, mark: 'Symbolic_Association', note: 'Symbolic_Association' };
const MEDIA_TYPES = { mpg: 'video/mpeg', mpeg: 'video/mpeg', mp4: 'video/mp4', m4v: 'video/mp4', mov: 'video/quicktime' };
const NOT_FOUND_VALUE = 'no longer found';

/** The text without characters that XML does not allow, even escaped. */
const xmlText = (text) => text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu, '\ufffd'); // eslint-disable-line no-control-regex
const XML_ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' };
const xmlEscape = (text) => xmlText(String(text)).replace(/[&<>"\t\n\r]/g, (character) => XML_ESCAPES[character]);

/** An XML element; attributes that are null are left out. `content` is markup. */
function xmlElement(tag, attributes, content = '') {
  const texts = Object.entries(attributes).filter(([, value]) => value !== null).map(([name, value]) => ` ${name}="${xmlEscape(value)}"`);
  return content === '' ? `<${tag}${texts.join('')}/>` : `<${tag}${texts.join('')}>${content}</${tag}>`;
}

/** Name of the person of a mark; empty for a body without a face. */
function markedPersonLabel(entry) {
  const person = personById.get(entry.person);
  return xmlText((person ? names.label(person) : entry.person).normalize('NFC'));
}

/** Start and end of a mark in ELAN: those of the workflow's ELAN file, whatever this browser's player shows as 0:00. */
function elanTimes(video, entry, gestures) {
  const zero = Math.floor(video.player_zero_s * 1000 + 1e-6);
  const row = entry.lost ? -1 : gestures.find(video, entry.gesture);
  const shift = (name) => (row < 0 ? 0 : gestures.columns[name][row]);
  const start = Math.max(entry.start - zero + shift('elan_start'), 0);
  return { start, end: Math.max(entry.end - zero + shift('elan_end'), start + 1) };
}

/**
 * Tiers of gestures: {name, participant, annotations: [{start, end, entry}]}, sorted by name. Times are ms from where players show 0:00.
 * Gestures of one hand that overlap, as those of several bodies without a face may, go to several tiers.
 */
function markTiers(video, entries, gestures) {
  const tiers = new Map();
  const sorted = [...entries].sort((a, b) => a.start - b.start || a.end - b.end || a.gesture - b.gesture);
  for (const entry of sorted) {
    const { start, end } = elanTimes(video, entry, gestures);
    const participant = markedPersonLabel(entry);
    const base = `${participant || 'no face'} ${entry.hand} hand`;
    let name = base;
    const isFull = () => tiers.has(name) && tiers.get(name).annotations.at(-1).end > start;
    for (let number = 2; isFull(); number += 1) name = `${base} ${number}`;
    if (!tiers.has(name)) tiers.set(name, { name, participant, annotations: [] });
    tiers.get(name).annotations.push({ start, end, entry });
  }
  return [...tiers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Time slots of all annotations in ascending order; sets `startSlot` and `endSlot` of each. */
function eafTimeOrder(annotations) {
  const edges = annotations.flatMap((each) => [[each.start, 1, 'startSlot', each], [each.end, 0, 'endSlot', each]]);
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return edges.map(([time, , key, annotation], index) => {
    annotation[key] = `ts${index + 1}`;
    return xmlElement('TIME_SLOT', { TIME_SLOT_ID: annotation[key], TIME_VALUE: time });
  }).join('');
}

/** The elements of a tier of gestures and of the two tiers that depend on it. `nextId()` gives ids of annotations. */
function eafTiers({ name, participant, annotations }, nextId) {
  const tier = (kind, parent, content) => xmlElement('TIER', { LINGUISTIC_TYPE_REF: kind, PARENT_REF: parent, PARTICIPANT: participant || null, TIER_ID: `${name} ${kind}s` }, content);
  const value = (text) => `<ANNOTATION_VALUE>${xmlEscape(text)}</ANNOTATION_VALUE>`;
  const gestures = annotations.map((each) => {
    each.id = nextId();
    const text = each.entry.lost ? NOT_FOUND_VALUE : `gesture ${each.entry.gesture}`;
    return xmlElement('ANNOTATION', {}, xmlElement('ALIGNABLE_ANNOTATION', { ANNOTATION_ID: each.id, TIME_SLOT_REF1: each.startSlot, TIME_SLOT_REF2: each.endSlot }, value(text)));
  });
  const about = (kind, textOf) => annotations.filter((each) => textOf(each.entry)).map((each) =>
    xmlElement('ANNOTATION', {}, xmlElement('REF_ANNOTATION', { ANNOTATION_ID: nextId(), ANNOTATION_REF: each.id }, value(textOf(each.entry)))));
  const parent = `${name} gestures`;
  const children = [['mark', (entry) => (entry.marked ? 'marked' : '')], ['note', (entry) => entry.note]];
  return [tier('gesture', null, gestures.join('')), ...children.map(([kind, textOf]) => tier(kind, parent, about(kind, textOf).join('')))].join('\n');
}

/** The text of an ELAN file with the marks of one video. `gestures` are those of `allGestures`. */
function marksEaf(video, entries, gestures) {
  const tiers = markTiers(video, entries, gestures);
  const slots = eafTimeOrder(tiers.flatMap((tier) => tier.annotations));
  let nAnnotations = 0;
  const body = tiers.map((tier) => eafTiers(tier, () => `a${(nAnnotations += 1)}`));
  // As in the workflow's files: ELAN looks beside its file first, and then in the folder videos of the results.
  const media = video.file && xmlElement('MEDIA_DESCRIPTOR', { MEDIA_URL: video.file.split('/').at(-1), MIME_TYPE: MEDIA_TYPES[video.file.split('.').at(-1).toLowerCase()] || 'video/*', RELATIVE_MEDIA_URL: `../${video.file}` });
  const properties = { video_id: video.id, player_zero_s: video.player_zero_s, lastUsedAnnotationId: nAnnotations };
  const header = xmlElement('HEADER', { MEDIA_FILE: '', TIME_UNITS: 'milliseconds' }, (media || '') + Object.entries(properties).map(([name, text]) => xmlElement('PROPERTY', { NAME: name }, xmlEscape(text))).join(''));
  const kinds = Object.entries(EAF_KINDS).map(([name, stereotype]) => xmlElement('LINGUISTIC_TYPE', { CONSTRAINTS: stereotype, GRAPHIC_REFERENCES: 'false', LINGUISTIC_TYPE_ID: name, TIME_ALIGNABLE: String(!stereotype) }));
  const constraint = xmlElement('CONSTRAINT', { DESCRIPTION: '1-1 association with a parent annotation', STEREOTYPE: 'Symbolic_Association' });
  const root = { AUTHOR: 'video-corpus-workflow', DATE: '1970-01-01T00:00:00+00:00', FORMAT: '3.0', VERSION: '3.0', 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:noNamespaceSchemaLocation': 'http://www.mpi.nl/tools/elan/EAFv3.0.xsd' };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement('ANNOTATION_DOCUMENT', root, ['', header, xmlElement('TIME_ORDER', {}, slots), ...body, ...kinds, constraint, ''].join('\n'))}\n`;
}

/** Files {name, text} for a ZIP archive: one for each video of the corpus that has marks. */
function marksEafFiles(entries, gestures) {
  const marked = videos.map((video) => [video, entries.filter((entry) => entry.video === video.id)]).filter(([, own]) => own.length);
  return marked.map(([video, own]) => ({ name: `${video.id}.marks.eaf`, text: marksEaf(video, own, gestures) }));
}
