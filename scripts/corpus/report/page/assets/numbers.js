// The view Numbers: rates, distributions, handedness and space as plots, each with n and with what was not seen.

/** What a plot needs: the chosen gestures, units and rows of hand_use, and the choices of the user. */
function numbersContext(data, state) {
  const selection = selectPeopleAndVideos(data, state);
  const everyRow = selectRows(data, { whole: false, test: selection.test });
  const rows = state.whole ? selectRows(data, { whole: true, test: selection.test }) : everyRow;
  const allUnits = unitsOfRows(data, everyRow, false);
  const nCut = allUnits.filter((unit) => !unit.whole).length;
  const units = state.whole ? allUnits.filter((unit) => unit.whole) : allUnits;
  const ways = groupings();
  return {
    ...state, data, rows, fields: gestureFields(data.gestures, state.points), units, nCut, use: data.use.filter(selection.keepsUse), grouping: ways[state.by] || ways.person,
    conditions: conditionsOf(data, state), notes: searchNotes(state.q, selection.selectsGestures),
  };
}

/** Tests whether a gesture (by its row) and a row of hand_use meet the query and belong to the chosen person and video, each an id or an empty text. */
function selectPeopleAndVideos(data, state) {
  const search = numbersQuery(data, state.q, state.points);
  const keeps = (videoIndex, who) => (!state.video || videos[videoIndex].id === state.video) && (!state.person || (who !== null && who.id === state.person));
  return {
    test: (row) => keeps(data.gestures.columns.video[row], personOfRow(data.gestures, row)) && search.test(row),
    keepsUse: (row) => keeps(row.video, row.person) && search.keepsUse(row), selectsGestures: search.selectsGestures,
  };
}

const NUMBERS_DEFAULTS = { q: '', person: '', video: '', by: 'person', whole: false, measure: 'length', hands: 'both', times: 'gestures', x: 'length', y: 'speed' };

function numbersView(query) {
  const ways = groupings();
  const pick = (name, options, fallback) => (Object.hasOwn(options, query.get(name) || '') ? query.get(name) : fallback);
  const state = {
    q: query.get('q') || '',
    person: personById.has(query.get('person')) ? query.get('person') : '', video: videoById.has(query.get('video')) ? query.get('video') : '',
    by: pick('by', ways, NUMBERS_DEFAULTS.by), whole: query.get('whole') === '1', measure: pick('measure', MEASURES, NUMBERS_DEFAULTS.measure),
    hands: pick('hands', SPACE_HANDS, NUMBERS_DEFAULTS.hands), times: pick('times', SPACE_TIMES, NUMBERS_DEFAULTS.times),
    x: query.get('x') || NUMBERS_DEFAULTS.x, y: query.get('y') || NUMBERS_DEFAULTS.y,
  };
  const result = h('div', { class: 'view' }, h('p', { class: 'soft' }, 'Loading …'));
  const element = h('div', { class: 'view' }, h('h1', {}, 'Numbers'));
  let shown = null;
  const keepAddress = () => {
    const changed = Object.entries(state).filter(([name, value]) => value !== NUMBERS_DEFAULTS[name]);
    history.replaceState(null, '', href(['numbers'], Object.fromEntries(changed.map(([name, value]) => [name, value === true ? '1' : value]))));
  };
  const show = (data) => {
    if (!points && needsMap(state.q)) loadPoints();
    keepAddress();
    problem.hidden = true;
    box.setAttribute('aria-invalid', 'false');
    try {
      shown = numbersContext(data, { ...state, points });
      result.replaceChildren(...numbersCards(shown, set));
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
      box.setAttribute('aria-invalid', 'true');
      // Old plots would not belong to what the search box says.
      result.replaceChildren();
    }
  };
  const problem = h('p', { class: 'error', role: 'alert', hidden: true });
  const box = h('input', { type: 'search', value: state.q, autocomplete: 'off', spellcheck: 'false', placeholder: 'person:anna hand:left length>0.5', oninput: () => typed() });
  const typed = onQueryTyped(box, () => (loaded ? gestureFields(loaded.gestures, points) : new Map()), () => set('q')(box.value));
  let points = null;
  let loaded = null;
  const loadPoints = memoize(async () => {
    points = await mapPoints();
    if (points && element.isConnected) show(loaded);
  });
  /** Change a choice and draw again; the focus stays on the control with the same label. */
  const set = (name) => (value) => {
    const focused = document.activeElement && document.activeElement.dataset.choice;
    state[name] = value;
    if (name === 'q' && box.value !== value) box.value = value;
    const pairs = result.querySelector('.pairs-card');
    if (pairs && (name === 'x' || name === 'y')) {
      // The other plots do not change.
      shown = { ...shown, [name]: value };
      pairs.replaceWith(pairsCard(shown, set));
      keepAddress();
      announce(element.querySelector('#chart-pairs h3').textContent);
    } else if (loaded) {
      show(loaded);
      announce((result.querySelector('p') || problem).textContent);
    }
    const control = focused && element.querySelector(`[data-choice="${focused}"]`);
    if (control) control.focus();
    // A link or button of an old plot, which the new one does not have.
    else if (document.activeElement === document.body) box.focus();
  };
  whenMarksChange(() => { if (loaded && state.q) show(loaded); });
  Promise.all([loadNumbers(), pointsForQuery(state.q)]).then(([data, mapped]) => {
    // The user may have left the view before its data was loaded.
    if (!element.isConnected) return;
    if (!data || !data.hasUse) {
      result.replaceChildren(h('p', { class: 'lead' }, data ? 'The results have no table hand_use, which the numbers need. Run the workflow again.'
        : 'The numbers are in files that are missing beside this page: page/numbers.js and page/gestures.js. Copy the whole folder of the report, or run the workflow again.'));
      return;
    }
    [loaded, points] = [data, mapped];
    marks.match(data.gestures);
    show(data);
  });
  const bySelect = selectBox(Object.entries(ways).map(([name, way]) => [name, way.title]), state.by, set('by'));
  element.append(
    h('form', { class: 'filters gesture-filters', role: 'search', 'aria-label': 'Numbers', onsubmit: (event) => event.preventDefault() },
      field('Search', box, 'Words and conditions as in the list of gestures.'),
      field('By', bySelect),
      field('Person', selectBox([['', 'anyone'], ...people.map((person) => [person.id, names.of(person) ? `${names.of(person)} (${person.id})` : person.id])], state.person, set('person'))),
      field('Video', selectBox([['', 'all videos'], ...videos.map((video) => [video.id, video.id])], state.video, set('video'))),
      checkbox('Only gestures seen from start to end', state.whole, set('whole'))),
    problem, result);
  return { title: 'Numbers', element };
}

/** The card with the plot of two measures. */
function pairsCard(context, set) {
  const options = pairFields(context);
  const [x, y] = ['x', 'y'].map((axis) => (options.includes(context[axis]) ? context[axis] : NUMBERS_DEFAULTS[axis]));
  const choice = (title, axis, value) => {
    const box = selectBox(options.map((name) => [name, name]), value, set(axis));
    box.dataset.choice = axis;
    return field(title, box);
  };
  const search = (conditions) => set('q')([/\sor\s/i.test(context.q) ? `(${context.q.trim()})` : context.q.trim(), ...conditions].filter(Boolean).join(' '));
  return h('section', { class: 'card pairs-card' }, h('h2', {}, 'One measure against another'), h('div', { class: 'filters' }, choice('Horizontal axis', 'x', x), choice('Vertical axis', 'y', y)),
    context.rows.length ? pairsChart({ ...context, x, y }, search) : h('p', { class: 'empty' }, 'No gestures match.'));
}

/** The cards with plots. `set(name)` gives a function that changes a choice. */
function numbersCards(context, set) {
  if (!context.data.use.length) return [h('p', { class: 'empty' }, 'These numbers are about people who are found by their faces, and nobody was found. The list of gestures has those of bodies without a face.')];
  const choice = (title, name, options) => {
    const box = selectBox(Object.entries(options), context[name], set(name));
    box.dataset.choice = name;
    return field(title, box);
  };
  const measures = Object.fromEntries(Object.entries(MEASURES).map(([name, measure]) => [name, measure.title]));
  return [
    h('p', { class: 'lead' }, basis(context)),
    h('section', { class: 'card' }, h('h2', {}, 'How often'), rateChart(context)),
    h('section', { class: 'card' }, h('h2', {}, 'What gestures are like'), h('div', { class: 'filters' }, choice('Measure', 'measure', measures)),
      context.rows.length ? distributionChart(context) : h('p', { class: 'empty' }, 'No gestures match.')),
    pairsCard(context, set),
    h('section', { class: 'card' }, h('h2', {}, 'Left and right'), handednessCharts(context)),
    h('section', { class: 'card' }, h('h2', {}, 'Space'), h('div', { class: 'filters' },
      context.by === 'hand' ? false : choice('Hands', 'hands', SPACE_HANDS), choice('Time', 'times', SPACE_TIMES)), spaceChart(context)),
  ];
}
