// Buttons below the list of gestures that save and open marks, and the marks whose gesture is gone.

/** Buttons that save and open marks. `onadd(lost)` is called after marks were added from a file, `onerror(message)` if it is not valid. */
function marksTools(gestures, onadd, onerror) {
  const file = h('input', { type: 'file', accept: '.csv', id: 'marks-file', class: 'visually-hidden', tabindex: -1, onchange: async () => {
    try {
      const entries = readMarks(await file.files[0].text());
      onadd(marks.add(entries, gestures));
      announce(`${countNoun(entries.length, 'mark')} added`);
    } catch (error) { onerror(error.message); }
    // The same file can be opened again only if the control is empty.
    file.value = '';
  } });
  return h('div', { class: 'buttons' },
    h('button', { type: 'button', id: 'save-marks', onclick: () => download('marks.csv', marksCsv(marks.all())) }, 'Save marks as CSV'),
    h('button', { type: 'button', id: 'save-marks-elan', onclick: () => saveMarksForElan(gestures, onerror) }, 'Save marks for ELAN'),
    h('button', { type: 'button', onclick: () => file.click() }, 'Open marks'), h('label', { for: 'marks-file', class: 'visually-hidden' }, 'File of marks'), file);
}

/** Save a ZIP archive of ELAN files. Says if marks are not in it. */
function saveMarksForElan(gestures, onerror) {
  const entries = marks.all();
  const files = marksEafFiles(entries, gestures);
  const nMissing = entries.filter((entry) => !videoById.has(entry.video)).length;
  if (files.length) downloadText('marks_elan.zip', zipTexts(files), 'application/zip');
  if (!entries.length) onerror('There are no marks or notes to save.');
  else if (nMissing) onerror(`${countNoun(nMissing, 'mark')} of videos that are not in this corpus cannot be saved for ELAN. The CSV file contains them.`);
  else announce(`${countNoun(files.length, 'ELAN file')} saved`);
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
