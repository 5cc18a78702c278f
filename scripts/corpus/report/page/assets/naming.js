// The view Names: save people.tsv with the names typed on this page and all lines of the user's file.

async function copyText(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    return true;
  } catch {
    area.select();
    return document.execCommand('copy');
  }
}

/** The card with the text of people.tsv and the buttons to save it. */
function peopleFileCard(hasChanges) {
  const fileName = corpus.names.file.split('/').pop();
  const area = h('textarea', { readonly: true, rows: Math.min(16, corpus.names.lines.length + clusters.length + 1), spellcheck: 'false', wrap: 'off', id: 'people-tsv' });
  area.value = names.text();
  const result = h('p', { class: 'soft', role: 'status' });
  const report = (message) => {
    result.textContent = message;
    names.markSaved();
  };
  return h('section', { class: 'card' }, h('h2', {}, 'people.tsv'),
    h('label', { for: 'people-tsv', class: 'soft' }, 'One row for each person found, and all other lines of your file unchanged. Rows with the same name are one person. Each row also has a point inside the face, which identifies the person even if the person IDs change.'), area,
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'strong', id: 'download', onclick: () => { downloadText(fileName, area.value, 'text/tab-separated-values'); report(`Downloaded as ${fileName}.`); } }, 'Download'),
      h('button', { type: 'button', id: 'copy', onclick: async () => report((await copyText(area)) ? 'Copied.' : 'Select the text and copy it by hand.') }, 'Copy'),
      hasChanges && h('button', { type: 'button', class: 'quiet', onclick: discardNames }, 'Discard changes')), result);
}

function nextStepsCard() {
  return h('section', { class: 'card' }, h('h2', {}, 'Next steps'),
    h('ol', { class: 'steps' }, h('li', {}, 'Save the file as ', h('code', {}, corpus.names.file), ', the path in the config key ', h('code', {}, 'people'), '. If there is such a file, replace it: the lines that it had when the page was made are kept. If you have edited it since then, run the workflow and reload this page first.'),
      h('li', {}, 'Run the workflow again with the same command. Videos are not analysed again: only the outputs that depend on names are updated, including this page.')));
}

function unmatchedRowsCard() {
  return h('section', { class: 'card', id: 'unmatched-rows' }, h('h2', {}, 'Kept as comments'),
    h('p', {}, 'These rows of your file match no person in this run, and the workflow would stop at them. The new file keeps them as comments, which start with #. Remove the # when they match again, for example when a video is back in the manifest.'),
    h('dl', { class: 'meanings' }, corpus.names.unmatched.map(({ row, why }) => h('div', {}, h('dt', {}, h('code', {}, row)), h('dd', {}, why)))));
}

function changesCard(changed) {
  return h('section', { class: 'card' }, h('h2', {}, 'Changes'),
    h('ul', { class: 'parts' }, changed.map((cluster) => h('li', {}, h('a', { href: href(['person', cluster.person.id]) }, cluster.id), ' ',
      h('s', {}, cluster.savedName || 'no name'), ' → ', h('strong', {}, names.ofCluster(cluster) || 'no name'), ' ',
      h('button', { type: 'button', class: 'quiet', 'aria-label': `Undo the name of ${cluster.id}`, onclick: () => names.undo(cluster) }, 'Undo')))));
}

function unmatchedEditsCard(unmatchedEdits) {
  return h('section', { class: 'card', id: 'unmatched-edits' }, h('h2', {}, 'Names from an earlier version of this page'),
    h('p', {}, 'In this run no face was found at the points that these names belong to. The names are in no file: only this browser stores them, until you discard the changes.'),
    h('ul', { class: 'parts' }, unmatchedEdits.map(([anchor, name]) => h('li', {}, h('strong', {}, name || 'no name'), ' ', h('code', {}, anchor)))));
}

function namesView() {
  const element = h('div', { class: 'view' });
  const hasEdits = () => names.changed.length + names.unmatchedEdits.length > 0;
  let shownText;
  function show() {
    const { changed, unmatchedEdits } = names;
    shownText = names.text();
    element.replaceChildren();
    fill(element, {}, [
      h('h1', {}, 'Names'),
      h('p', { class: 'lead' }, changed.length ? `${countNoun(changed.length, 'name')} changed on this page.` : 'No names have been changed on this page. ', !changed.length && h('a', { href: href(['people']) }, 'Name people')),
      h('div', { class: 'pair wide-left' }, peopleFileCard(hasEdits()), nextStepsCard()),
      corpus.names.unmatched.length > 0 && unmatchedRowsCard(),
      changed.length > 0 && changesCard(changed),
      unmatchedEdits.length > 0 && unmatchedEditsCard(unmatchedEdits),
    ]);
  }
  show();
  // Saving notifies as well; drawing the view again then would remove the message "Downloaded as".
  whenNamesChange(() => { if (names.text() !== shownText) show(); });
  return { title: 'Names', element };
}

function discardNames() {
  if (!confirm('Discard all name changes on this page that are not in the tables yet? They are also deleted from this browser.')) return;
  names.discard();
  announce('Name changes discarded.');
}

/** The bar at the bottom of the page that reports names which are not in the tables yet. */
function updateUnsavedBar() {
  const [nChanged, nUnmatched] = [names.changed.length, names.unmatchedEdits.length];
  const bar = document.getElementById('unsaved');
  const needsSaving = nChanged > 0 && !names.saved;
  bar.hidden = !(nChanged + nUnmatched);
  bar.classList.toggle('done', !needsSaving);
  const message = () => {
    if (needsSaving) return `${countNoun(nChanged, 'name')} not saved yet.`;
    if (nChanged) return `${countNoun(nChanged, 'name')} saved to a file. Run the workflow again to apply ${nChanged === 1 ? 'it' : 'them'}.`;
    return `${countNoun(nUnmatched, 'name')} from an earlier version of this page ${nUnmatched === 1 ? 'matches' : 'match'} no person.`;
  };
  bar.replaceChildren(h('span', {}, message()), h('a', { href: href(['names']) }, needsSaving ? 'Save' : 'View'),
    h('button', { type: 'button', class: 'quiet', id: 'discard', onclick: discardNames }, 'Discard'));
  document.getElementById('names-in-use').replaceChildren(...names.inUse.map((name) => h('option', { value: name })));
}
