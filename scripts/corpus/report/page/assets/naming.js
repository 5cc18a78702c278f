// Saving the names: the whole people.tsv, with what is new in it, and with all that was there.

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/tab-separated-values' }));
  const link = h('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

async function copy(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    return true;
  } catch {
    area.select();
    return document.execCommand('copy');
  }
}

function namesView() {
  const element = h('div', { class: 'view' });
  let drawn;
  function show() {
    const { changes, strays } = names;
    drawn = changes.length + strays.length;
    const file = corpus.names.file.split('/').pop();
    const area = h('textarea', { readonly: true, rows: Math.min(16, corpus.names.lines.length + found.length + 1), spellcheck: 'false', wrap: 'off', id: 'people-tsv' });
    area.value = names.text();
    const done = h('p', { class: 'soft', role: 'status' });
    const exported = (what) => {
      done.textContent = what;
      names.exported();
    };
    element.replaceChildren();
    fill(element, {}, [
      h('h1', {}, 'Names'),
      h('p', { class: 'lead' }, changes.length ? `${several(changes.length, 'name')} changed on this page.` : 'Nothing was changed on this page yet. ', !changes.length && h('a', { href: href(['people']) }, 'Name people')),
      h('div', { class: 'pair wide-left' },
        h('section', { class: 'card' }, h('h2', {}, 'people.tsv'),
          h('label', { for: 'people-tsv', class: 'soft' }, 'A row for each person found, and all other lines of your file as they were. Rows of one name are one person; the point in the face says who is meant, also when numbers change.'), area,
          h('div', { class: 'buttons' },
            h('button', { type: 'button', class: 'strong', id: 'download', onclick: () => { download(file, area.value); exported(`Downloaded as ${file}.`); } }, 'Download'),
            h('button', { type: 'button', id: 'copy', onclick: async () => exported((await copy(area)) ? 'Copied.' : 'Select the text and copy it by hand.') }, 'Copy'),
            changes.length + strays.length > 0 && h('button', { type: 'button', class: 'quiet', onclick: discardNames }, 'Discard changes')), done),
        h('section', { class: 'card' }, h('h2', {}, 'Then'),
          h('ol', { class: 'steps' }, h('li', {}, 'Save it as ', h('code', {}, corpus.names.file), ', the file that the config key ', h('code', {}, 'people'), ' names. It takes the place of what is there, as that was when this page was made: if you have edited your file since, run the workflow first, and open the page again.'),
            h('li', {}, 'Run the workflow again, with the same command. No video is analysed anew: only what depends on names is made again, and this page with it.')))),
      corpus.names.aside.length > 0 && h('section', { class: 'card', id: 'aside' }, h('h2', {}, 'Kept as comments'),
        h('p', {}, 'These rows of your file fit nobody in this run, and with them the workflow would stop. They are kept as lines that start with #. Take the mark away once they fit again, as when a video is back in the manifest.'),
        h('dl', { class: 'meanings' }, corpus.names.aside.map(({ row, why }) => h('div', {}, h('dt', {}, h('code', {}, row)), h('dd', {}, why))))),
      changes.length > 0 && h('section', { class: 'card' }, h('h2', {}, 'Changes'),
        h('ul', { class: 'parts' }, changes.map((one) => h('li', {}, h('a', { href: href(['person', one.person.id]) }, one.id), ' ',
          h('s', {}, one.saved || 'no name'), ' → ', h('strong', {}, names.now(one) || 'no name'), ' ',
          h('button', { type: 'button', class: 'quiet', 'aria-label': `Undo the name of ${one.id}`, onclick: () => names.undo(one) }, 'Undo'))))),
      strays.length > 0 && h('section', { class: 'card', id: 'strays' }, h('h2', {}, 'Of an earlier page'),
        h('p', {}, 'These names were given to points in faces at which nobody was found now. They are in no file, and only this browser knows them, until you discard the changes.'),
        h('ul', { class: 'parts' }, strays.map(([place, name]) => h('li', {}, h('strong', {}, name || 'no name'), ' ', h('code', {}, place))))),
    ]);
  }
  show();
  // Not after saving, which would take its own message away.
  whileShown(() => { if (names.changes.length + names.strays.length !== drawn) show(); });
  return { title: 'Names', element };
}

function discardNames() {
  if (!confirm('Discard all names that were changed on this page and not applied? The browser forgets them.')) return;
  names.discard();
  say('Names discarded.');
}

/** The bar that tells of names which exist only on this page. */
function drawUnsaved() {
  const [changes, strays] = [names.changes.length, names.strays.length];
  const bar = document.getElementById('unsaved');
  const save = changes > 0 && !names.saved;
  bar.hidden = !(changes + strays);
  bar.classList.toggle('done', !save);
  const told = () => {
    if (save) return `${several(changes, 'name')} not saved yet.`;
    if (changes) return `${several(changes, 'name')} saved to a file; run the workflow again to see them in the tables.`;
    return `${several(strays, 'name')} of an earlier page ${strays === 1 ? 'fits' : 'fit'} nobody here.`;
  };
  bar.replaceChildren(h('span', {}, told()), h('a', { href: href(['names']) }, save ? 'Save' : 'Look'),
    h('button', { type: 'button', class: 'quiet', id: 'discard', onclick: discardNames }, 'Discard'));
  document.getElementById('known-names').replaceChildren(...names.known.map((name) => h('option', { value: name })));
}
