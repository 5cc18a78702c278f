// Buttons of the list of gestures that save and open marks, and the marks whose gesture is gone.

/**
 * Buttons that save and open marks, as `element`, and `message`, which says what was saved and what to do with it.
 * `refresh()` is called after marks were changed. `onadd(lost)` is called after marks were added from a file, `onerror(message)` if it is not valid.
 */
function marksTools(gestures, onadd, onerror) {
  const message = h('p', { class: 'soft marks-message', role: 'status' });
  const say = (...parts) => message.replaceChildren(...parts.filter(Boolean));
  const file = h('input', { type: 'file', accept: '.csv', id: 'marks-file', class: 'visually-hidden', tabindex: -1, onchange: async () => {
    try {
      const entries = readMarks(decodeText(await file.files[0].arrayBuffer()));
      const lost = marks.add(entries, gestures);
      onadd(lost);
      refresh();
      announce(`${countNoun(entries.length, 'mark')} added`);
      say(`${countNoun(entries.length, 'mark')} added to those that were here; no mark was removed.`, lost.length > 0 && ` ${countNoun(lost.length, 'mark')} in all match no gesture of this page: see “No longer found” below the list.`);
    } catch (error) {
      refresh();
      onerror(error.message);
    }
    // The same file can be opened again only if the control is empty.
    file.value = '';
  } });
  function saveCsv() {
    const fileName = corpusFileName('marks.csv');
    downloadText(fileName, marksCsv(marks.all()));
    say(`${fileName} saved, in the folder of downloads. Another browser or computer reads it with Open marks.`);
  }
  const element = h('div', { class: 'marks-tools' },
    h('button', { type: 'button', class: 'quiet', id: 'save-marks', onclick: saveCsv }, 'Save marks as CSV'),
    h('button', { type: 'button', class: 'quiet', id: 'save-marks-elan', onclick: () => saveMarksForElan(gestures, say, onerror) }, 'Save marks for ELAN'),
    h('button', { type: 'button', class: 'quiet', title: 'Add the marks and notes of a file to those of this browser', onclick: () => file.click() }, 'Open marks'), h('label', { for: 'marks-file', class: 'visually-hidden' }, 'File of marks'), file);
  /** Say what happens with marks. */
  function refresh() {
    // Hidden while this browser does not keep them, see browser_store.js.
    const text = marks.all().length ? 'This browser keeps marks and notes. Save them as a file, so that they are not lost with it.'
      : 'This browser keeps marks and notes, and has none of this corpus yet. If you saved marks elsewhere, read the file with Open marks.';
    say(h('span', { class: 'kept-note' }, text));
  }
  refresh();
  return { element, message, refresh };
}

/** Save a ZIP archive of ELAN files. Says what to do with it, and if marks are not in it. */
async function saveMarksForElan(gestures, say, onerror) {
  const entries = marks.all();
  const files = marksEafFiles(entries, gestures);
  const nMissing = entries.filter((entry) => !videoById.has(entry.video)).length;
  const fileName = corpusFileName('marks_elan.zip');
  if (files.length) downloadText(fileName, zipTexts(files), 'application/zip');
  if (!entries.length) return onerror('There are no marks or notes to save.');
  if (nMissing) onerror(`${countNoun(nMissing, 'mark')} of videos that are not in this corpus cannot be saved for ELAN. The CSV file contains them.`);
  if (!files.length) return undefined;
  const { annotations_folder: folder } = (await resultFiles()) || {};
  return say(`${countNoun(files.length, 'ELAN file')} saved as ${fileName}, in the folder of downloads. Unpack it into `,
    folder ? h('code', {}, folder) : 'the folder of annotations beside your manifest', ', ', howToMake('annotations'), ', and reload this page: then notes are also fields of the search.');
}

/** How many entries the card of lost marks lists. */
const MAX_LISTED = 100;

/** A card that lists the marks that match no gesture, with buttons to remove them. Returns {element, show(lost)}. */
function lostMarksCard(gestures) {
  const list = h('ul', { class: 'parts' });
  const removeAll = h('button', { type: 'button', class: 'quiet' });
  const result = h('p', { role: 'status' });
  const element = h('section', { class: 'card', id: 'lost-marks', hidden: true }, h('h2', {}, 'No longer found'), h('p', {}, 'These marks match no gesture of this page: an earlier run found them at other places, or they are of another corpus. They are kept, and saved with the others.'), list, h('div', { class: 'actions' }, removeAll), result);
  const describe = (entry) => `${entry.video}, ${entry.hand} hand, ${(entry.start / 1000).toFixed(2)} to ${(entry.end / 1000).toFixed(2)} s`;
  function remove(entries) {
    show(marks.removeLost(entries));
    const undo = h('button', { type: 'button', class: 'quiet', onclick: () => {
      show(marks.add(entries, gestures));
      announce('Marks are back');
      removeAll.focus();
    } }, 'Undo');
    element.hidden = false;
    result.replaceChildren(`${countNoun(entries.length, 'mark')} removed. `, undo);
    undo.focus();
  }
  const itemOf = (entry) => h('li', {}, `${describe(entry)}${entry.note && `: ${entry.note}`}`, h('button', { type: 'button', class: 'quiet', 'aria-label': `Remove the mark of ${describe(entry)}`, onclick: () => remove([entry]) }, 'Remove'));
  function show(lost) {
    element.hidden = !lost.length;
    result.replaceChildren();
    const nMore = lost.length - MAX_LISTED;
    list.replaceChildren(...lost.slice(0, MAX_LISTED).map(itemOf), ...(nMore > 0 ? [h('li', {}, `and ${formatCount(nMore)} more`)] : []));
    removeAll.hidden = !lost.length;
    removeAll.textContent = `Remove ${lost.length > 1 ? `all ${formatCount(lost.length)}` : 'it'}`;
    removeAll.onclick = () => remove(lost);
  }
  return { element, show };
}
