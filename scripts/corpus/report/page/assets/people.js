// All people, as cards; here they get names.

/** A field for a person's name, with what follows from it below. */
function nameEditor(person) {
  const note = h('div', { class: 'note', id: newId('note') });
  const input = h('input', {
    type: 'text', value: names.of(person), list: 'known-names', autocomplete: 'off', spellcheck: 'false',
    'aria-describedby': note.id, id: newId('name'), placeholder: 'no name yet', 'data-name-of': person.id,
    onchange: () => take(input.value),
    onkeydown: (event) => { if (event.key === 'Escape') { input.value = names.of(person); input.blur(); } },
  });
  function take(given) {
    const name = names.tidy(given);
    const fault = names.fault(name);
    input.setAttribute('aria-invalid', fault ? 'true' : 'false');
    if (fault) {
      note.replaceChildren(h('p', { class: 'fault' }, fault));
      say(fault);
      return;
    }
    input.value = name;
    names.rename(person, name);
    explain(true);
  }
  function explain(aloud) {
    const others = names.joined(person);
    const clash = others.map((other) => names.together(person, other)).find(Boolean);
    const parts = [];
    if (others.length) {
      parts.push(h('p', {}, 'Will be one person with ', others.slice(0, 4).map((other, place) => [place ? ', ' : '', h('a', { href: href(['person', other.id]) }, other.id)]), others.length > 4 && ` and ${others.length - 4} more`, '.'));
    }
    if (clash) {
      parts.push(h('p', { class: 'fault' }, 'Careful: both are on screen at once in ', h('a', { href: momentHref(clash.video, clash.time) }, `${clash.video.id} at ${clash.time / 1000} s`), '.'));
    }
    note.replaceChildren(...parts);
    if (aloud) say(note.textContent || `Name noted: ${names.of(person) || 'none'}.`);
  }
  explain(false);
  whileShown(() => {
    if (document.activeElement !== input) input.value = names.of(person);
    explain(false);
  });
  const same = h('button', { type: 'button', class: 'quiet', onclick: () => chooseSame(person, (name) => { input.value = name; take(name); }) }, 'Same as …');
  same.setAttribute('aria-label', `${person.id} is the same person as …`);
  return h('div', { class: 'name-editor' },
    h('label', { for: input.id }, 'Name ', h('span', { class: 'unseen' }, `of ${person.id}`)),
    h('div', { class: 'name-row' }, input, same), note);
}

/** Choose who somebody is: a dialog with everybody's face and name. */
function chooseSame(person, chosen) {
  const dialog = document.getElementById('dialog');
  const list = h('ul', { class: 'choose' });
  const close = () => dialog.close();
  function take(other) {
    close();
    let name = names.of(other);
    if (!name) {
      name = names.of(person) || names.fresh();
      names.rename(other, name);
    }
    chosen(name);
  }
  const show = (query) => {
    const rows = people.filter((other) => other !== person && (!query || matches(query, `${other.id} ${names.of(other)}`)));
    list.replaceChildren();
    const button = grow(list, rows, (other) => h('li', {}, h('button', { type: 'button', 'data-same': other.id, onclick: () => take(other) },
      avatar(other, 'small'), h('span', { class: 'who' }, mark(other), h('span', {}, names.label(other))), h('small', {}, names.of(other) && other.id))), 'people');
    rest.replaceChildren(button);
  };
  const rest = h('div');
  dialog.replaceChildren(
    h('h2', { id: 'dialog-title' }, `Who is ${names.label(person)}?`),
    h('div', { class: 'dialog-self' }, facesOf(person).slice(0, 4).map((face) => h('img', { class: 'face', src: face.src, alt: '' }))),
    searchField('Search people', '', show), h('div', { class: 'choose-box' }, list, rest),
    h('p', { class: 'soft' }, 'Whoever has the same name is one person. If neither has one, they get a name that you can change.'),
    h('div', { class: 'buttons' }, h('button', { type: 'button', onclick: close }, 'Cancel')));
  show('');
  dialog.showModal();
}

/** A person's mark and name, which follow what is typed elsewhere on the page. */
function liveName(person) {
  const name = h('span', {}, names.label(person));
  whileShown(() => { name.textContent = names.label(person); });
  return [mark(person), name];
}

const onScreenMs = (person) => sum(person.tracks.map((track) => track.end - track.start));

function personCard(person) {
  const faces = facesOf(person).slice(0, 4);
  const to = href(['person', person.id]);
  return h('li', { class: 'card person', 'data-person': person.id },
    h('div', { class: 'person-head' }, h('a', { href: to, tabindex: -1, 'aria-hidden': 'true' }, avatar(person, 'large')),
      h('div', {}, h('a', { href: to }, h('strong', { class: 'who' }, liveName(person))), h('small', {}, `${lasting(onScreenMs(person))} in ${several(person.videos.length, 'video')}`),
        person.found.length > 1 && h('small', {}, `joined from ${person.found.map((one) => one.id).join(', ')}`),
    faces.length > 1 && h('div', { class: 'more-faces' }, faces.slice(1).map((face) => h('a', { href: momentHref(face.video, face.time) },
      h('img', { class: 'face small', src: face.src, loading: 'lazy', alt: `${names.label(person)} in ${face.video.id}`, style: { '--own': colourOf(person) } })))))),
    // The card keeps its place whatever its name: lists sort anew when they are opened.
    nameEditor(person));
}

function peopleView(query) {
  const asked = { q: query.get('q') || '', sort: query.get('sort') || 'seconds', named: query.get('named') || '' };
  const orders = {
    seconds: ['seconds on screen', (a, b) => onScreenMs(b) - onScreenMs(a)],
    videos: ['number of videos', (a, b) => b.videos.length - a.videos.length],
    name: ['name', (a, b) => Number(!names.of(a)) - Number(!names.of(b)) || names.label(a).localeCompare(names.label(b), 'en', { numeric: true })],
    id: ['number', (a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })],
  };
  const list = h('ul', { class: 'people' });
  const told = h('p', { class: 'soft told' });
  const rest = h('div');
  function show() {
    history.replaceState(null, '', href(['people'], asked));
    const rows = people.filter((person) => (!asked.q || matches(asked.q, `${person.id} ${names.of(person)} ${person.found.map((one) => one.id).join(' ')}`))
      && (!asked.named || (asked.named === 'yes') === Boolean(names.of(person))));
    rows.sort((a, b) => (orders[asked.sort] || orders.seconds)[1](a, b) || a.index - b.index);
    told.textContent = `${rows.length === 1 ? '1 person' : `${count(rows.length)} people`}${rows.length < people.length ? ` of ${count(people.length)}` : ''}`;
    list.replaceChildren();
    rest.replaceChildren(grow(list, rows, personCard, 'people'), rows.length ? '' : h('p', { class: 'empty' }, people.length ? 'Nobody fits.' : 'Nobody was found in this corpus.'));
    say(told.textContent);
  }
  const set = (name) => (value) => { asked[name] = value; show(); };
  const element = h('div', { class: 'view' }, h('h1', {}, 'People'),
    h('p', { class: 'lead' }, 'Give somebody a name, or say that two are the same person. ', h('a', { href: href(['names']) }, 'Save the names'), ' when you are done.'),
    h('form', { class: 'filters', role: 'search', 'aria-label': 'People', onsubmit: (event) => event.preventDefault() },
      searchField('Search', asked.q, set('q')),
      field('Sort by', choice(Object.entries(orders).map(([key, [text]]) => [key, text]), asked.sort, set('sort'))),
      field('Names', choice([['', 'all'], ['no', 'without a name'], ['yes', 'with a name']], asked.named, set('named')))),
    told, list, rest);
  show();
  return { title: 'People', element };
}
