// The view People: all people as cards, with a field to name each.

/** A field for a person's name. A note below it reports errors and merges with other people. */
function nameEditor(person) {
  const note = h('div', { class: 'note', id: newId('note') });
  const input = h('input', {
    type: 'text', value: names.of(person), list: 'names-in-use', autocomplete: 'off', spellcheck: 'false',
    'aria-describedby': note.id, id: newId('name'), placeholder: 'no name yet', 'data-name-of': person.id,
    onchange: () => applyName(input.value),
    onkeydown: (event) => { if (event.key === 'Escape') { input.value = names.of(person); input.blur(); } },
  });
  function applyName(typed) {
    const name = names.normalise(typed);
    const error = names.validate(name);
    input.setAttribute('aria-invalid', error ? 'true' : 'false');
    if (error) {
      note.replaceChildren(h('p', { class: 'error' }, error));
      announce(error);
      return;
    }
    input.value = name;
    names.rename(person, name);
    updateNote();
    announce(note.textContent || `Name set: ${names.of(person) || 'none'}.`);
  }
  function updateNote() {
    const others = names.mergedWith(person);
    const moment = others.map((other) => names.momentTogether(person, other)).find(Boolean);
    const parts = [];
    if (others.length) {
      parts.push(h('p', {}, 'Will be merged into one person with ', others.slice(0, 4).map((other, index) => [index ? ', ' : '', h('a', { href: href(['person', other.id]) }, other.id)]), others.length > 4 && ` and ${others.length - 4} more`, '.'));
    }
    if (moment) {
      parts.push(h('p', { class: 'error' }, 'Caution: both are on screen at the same time in ', h('a', { href: momentHref(moment.video, moment.time) }, `${moment.video.id} at ${moment.time / 1000} s`), '.'));
    }
    note.replaceChildren(...parts);
  }
  updateNote();
  whenNamesChange(() => {
    if (document.activeElement !== input) input.value = names.of(person);
    updateNote();
  });
  const same = h('button', { type: 'button', class: 'quiet', 'aria-haspopup': 'dialog', onclick: () => choosePerson(person, (name) => { input.value = name; applyName(name); }) }, 'Same as …');
  same.setAttribute('aria-label', `${person.id} is the same person as …`);
  return h('div', { class: 'name-editor' },
    h('label', { for: input.id }, 'Name ', h('span', { class: 'visually-hidden' }, `of ${person.id}`)),
    h('div', { class: 'name-row' }, input, same), note);
}

/** Open a dialog with the faces and names of all other people, and call `onchoose` with the chosen name. */
function choosePerson(person, onchoose) {
  const dialog = document.getElementById('dialog');
  const list = h('ul', { class: 'choose' });
  const close = () => dialog.close();
  function choose(other) {
    close();
    onchoose(names.merge(person, other));
  }
  const show = (query) => {
    const candidates = people.filter((other) => other !== person && (!query || matches(query, `${other.id} ${names.of(other)}`)));
    list.replaceChildren();
    const moreButton = growingList(list, candidates, (other) => h('li', {}, h('button', { type: 'button', 'data-same': other.id, onclick: () => choose(other) },
      avatar(other, 'small'), h('span', { class: 'who' }, personSymbol(other), h('span', {}, names.label(other))), h('small', {}, names.of(other) && other.id))), 'people');
    more.replaceChildren(moreButton);
  };
  const more = h('div');
  dialog.replaceChildren(
    h('h2', { id: 'dialog-title' }, `Who is ${names.label(person)}?`),
    h('div', { class: 'dialog-faces' }, facesOf(person).slice(0, 4).map((face) => h('img', { class: 'face', src: face.src, alt: '' }))),
    searchField('Search people', '', show), h('div', { class: 'choose-box' }, list, more),
    h('p', { class: 'soft' }, 'People with the same name are merged into one person. If neither has a name yet, both get a placeholder name that you can change.'),
    h('div', { class: 'buttons' }, h('button', { type: 'button', onclick: close }, 'Cancel')));
  show('');
  dialog.showModal();
}

/** A person's symbol and name; the name follows changes made elsewhere on the page. */
function liveName(person) {
  const name = h('span', {}, names.label(person));
  whenNamesChange(() => { name.textContent = names.label(person); });
  return [personSymbol(person), name];
}

function personCard(person) {
  const faces = facesOf(person).slice(0, 4);
  const target = href(['person', person.id]);
  return h('li', { class: 'card person', 'data-person': person.id },
    h('div', { class: 'person-head' }, h('a', { href: target, tabindex: -1, 'aria-hidden': 'true' }, avatar(person, 'large')),
      h('div', {}, h('a', { href: target }, h('strong', { class: 'who' }, liveName(person))), h('small', {}, `${formatDuration(person.length)} in ${countNoun(person.videos.length, 'video')}`),
        person.kind !== 'person' && h('small', {}, `seen only ${KIND_NAMES[person.kind]}`),
        doubtsAbout(person).length > 0 && h('small', {}, h('a', { class: 'badge check', href: target }, 'identity in doubt')),
        overlapsOf(person).length > 0 && h('small', {}, h('a', { class: 'badge bad', href: target }, 'twice at once')),
        person.clusters.length > 1 && h('small', {}, `merged from ${person.clusters.map((cluster) => cluster.id).join(', ')}`),
    faces.length > 1 && h('div', { class: 'more-faces' }, faces.slice(1).map((face) => h('a', { href: momentHref(face.video, face.time) },
      h('img', { class: 'face small', src: face.src, loading: 'lazy', alt: `${names.label(person)} in ${face.video.id}`, style: { '--person': colourOf(person) } })))))),
    // The card stays in place when its name changes: the list is sorted when it is opened.
    nameEditor(person));
}

const PEOPLE_ORDERS = {
  seconds: ['time on screen', (a, b) => b.length - a.length],
  videos: ['number of videos', (a, b) => b.videos.length - a.videos.length],
  name: ['name', (a, b) => Number(!names.of(a)) - Number(!names.of(b)) || names.label(a).localeCompare(names.label(b), 'en', { numeric: true })],
  id: ['person ID', (a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })],
};

function peopleView(query) {
  const filters = { q: query.get('q') || '', sort: query.get('sort') || 'seconds', named: query.get('named') || '' };
  const list = h('ul', { class: 'people' });
  const resultCount = h('p', { class: 'soft result-count' });
  const more = h('div');
  function show() {
    history.replaceState(null, '', href(['people'], filters));
    const rows = people.filter((person) => (!filters.q || matches(filters.q, `${person.id} ${names.of(person)} ${person.clusters.map((cluster) => cluster.id).join(' ')}`))
      && (!filters.named || (filters.named === 'yes') === Boolean(names.of(person))));
    const [, compare] = PEOPLE_ORDERS[filters.sort] || PEOPLE_ORDERS.seconds;
    rows.sort((a, b) => compare(a, b) || a.index - b.index);
    resultCount.textContent = `${countPeople(rows.length)}${rows.length < people.length ? ` of ${formatCount(people.length)}` : ''}`;
    list.replaceChildren();
    more.replaceChildren(growingList(list, rows, personCard, 'people'), rows.length ? '' : h('p', { class: 'empty' }, people.length ? 'No people match.' : 'No people were found in this corpus.'));
    announce(resultCount.textContent);
  }
  const setFilter = (name) => (value) => { filters[name] = value; show(); };
  const element = h('div', { class: 'view' }, h('h1', {}, 'People'),
    h('p', { class: 'lead' }, 'Type a name for a person, or choose “Same as …” to merge two people. When you have finished, ', h('a', { href: href(['names']) }, 'save the names'), '.'),
    !pictures().length && people.length > 0 && h('p', { class: 'soft' }, 'To see their faces here, set the config key ', h('code', {}, 'report.pictures'), ' to true and run the workflow again. Without it, the page of each person shows where they are in the videos.'),
    h('form', { class: 'filters', role: 'search', 'aria-label': 'People', onsubmit: (event) => event.preventDefault() },
      searchField('Search', filters.q, setFilter('q')),
      field('Sort by', selectBox(Object.entries(PEOPLE_ORDERS).map(([key, [text]]) => [key, text]), filters.sort, setFilter('sort'))),
      field('Names', selectBox([['', 'all'], ['no', 'without a name'], ['yes', 'with a name']], filters.named, setFilter('named')))),
    resultCount, list, more);
  show();
  return { title: 'People', element };
}
