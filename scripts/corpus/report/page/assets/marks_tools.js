// Buttons of the list of gestures that save and open marks, and the marks whose gesture is gone.

/**
 * Buttons that save and open marks, as `element`, and `message`, which says what was saved and what to do with it.
 * `refresh()` is called after marks were changed. `onadd(lost)` is called after marks were added from a file, `onerror(message)` if it is not valid.
 */
function marksTools(gestures, onadd, onerror) {
  const message = h('p', { class: 'soft marks-message', role: 'status' });
  const say = (...parts) => message.replaceChildren(...parts);
  const file = h('input', { type: 'file', accept: '.csv', id: 'marks-file', class: 'visually-hidden', tabindex: -1, onchange: async () => {
    try {
      const entries = readMarks(await file.files[0].text());
      onadd(marks.add(entries, gestures));
      refresh();
      announce(`${countNoun(entries.length, 'mark')} added`);
      say(`${countNoun(entries.length, 'mark')} added.`);
    } catch (error) { onerror(error.message); }
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
    h('button', { type: 'button', class: 'quiet', onclick: () => file.click() }, 'Open marks'), h('label', { for: 'marks-file', class: 'visually-hidden' }, 'File of marks'), file);
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

/** A card with the marks whose gesture is gone, as an element with `show(lost)`. */
function lostMarksCard() {
  const list = h('ul', { class: 'parts' });
  const element = h('section', { class: 'card', id: 'lost-marks', hidden: true }, h('h2', {}, 'No longer found'), h('p', {}, 'These marks belong to gestures that this run did not find at the same place. They are kept.'), list);
  const itemOf = (entry) => h('li', {}, `${entry.video}, ${entry.hand} hand, ${(entry.start / 1000).toFixed(2)} to ${(entry.end / 1000).toFixed(2)} s`, entry.note && `: ${entry.note}`);
  const show = (lost) => {
    element.hidden = !lost.length;
    list.replaceChildren(...lost.map(itemOf));
  };
  return { element, show };
}
