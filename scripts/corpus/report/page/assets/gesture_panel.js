// The card beside the list of gestures: the player of the chosen gesture, its mark and its note.

/** The values of the user's own fields of a gesture that are not empty, as pairs of name and text. */
const ownValues = (fields, row) => [...fields].filter(([, { own }]) => own).map(([name, each]) => [name, fieldText(each, row)]).filter(([, text]) => text && text !== '–');

/** The card beside the list: the player of the chosen gesture, its mark and its note. `onchange()` is called when these change. */
function gesturePanel(onchange) {
  const element = h('section', { class: 'card gesture-panel', 'aria-label': 'Chosen gesture' }, h('p', { class: 'empty' }, 'Choose a gesture to play it. Keys: j and k for the next and the previous one, m to mark it, n for a note, ? for all.'));
  const state = { gesture: null, player: null, video: null, note: null, stage: null, looping: true, isPlayed: false };
  const toggleMark = () => {
    if (!state.gesture) return;
    const marked = !marks.isMarked(state.gesture);
    marks.set(state.gesture, { marked });
    refresh();
    announce(marked ? 'Marked' : 'Mark removed');
    onchange();
  };
  /** Show the mark and the note that are kept now. */
  function refresh() {
    if (!state.gesture) return;
    const marked = marks.isMarked(state.gesture);
    state.button.textContent = marked ? '★ Marked' : '☆ Mark';
    state.button.setAttribute('aria-pressed', String(marked));
    setFieldText(state.note, marks.note(state.gesture));
  }
  function stop() {
    if (state.player) state.player.stop();
    state.player = null;
  }
  function play() {
    const { start, end } = state.gesture;
    state.isPlayed = true;
    state.player.play({ from: start, to: end, loop: state.looping });
  }
  /** Show a gesture (an object of `gestureAt`) and `ownValues` of it. */
  function show(gesture, values, isPlaying = true) {
    const { video, person } = gesture;
    // Gestures repeat, unless the user has ended it.
    if (state.player && state.isPlayed) state.looping = state.player.state().looping ?? state.looping;
    state.isPlayed = false;
    if (state.video !== video || !state.player) {
      stop();
      state.player = createPlayer(video, () => {}, () => {});
      state.skeletons = createSkeletonLayer(video, state.player);
      state.controls = playerControls(state.player);
      state.video = video;
    }
    state.gesture = gesture;
    state.button = h('button', { type: 'button', class: 'mark', onclick: toggleMark });
    state.note = h('input', { type: 'text', class: 'gesture-note', autocomplete: 'off',
      oninput: (event) => { marks.set(gesture, { note: event.target.value }); onchange(); },
      onkeydown: (event) => { if (event.key === 'Escape' || event.key === 'Enter') { event.preventDefault(); document.querySelector('.virtual').focus(); } } });
    refresh();
    // In narrow windows, the stage stays in view and the rest stands below the list.
    state.stage = h('div', { class: 'gesture-stage' }, h('h2', {}, `${person ? names.label(person) : 'No face'}, ${gesture.hand} hand`), state.button, state.player.element);
    element.replaceChildren(state.stage, fill(h('div', { class: 'gesture-details' }), {}, [state.controls, state.skeletons,
      h('p', { class: 'soft' }, h('a', { href: gestureHref(video, gesture.gesture) }, `${video.id} at ${formatClock(gesture.start - video.zero)}`), corpus.similar && [' · ', likeLink(video, gesture.gesture)]),
      field('Note', state.note),
      amongAllWhenLoaded(video, gesture.gesture),
      h('dl', { class: 'pairs', hidden: !values.length }, values.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))))]));
    if (isPlaying) play();
    else state.player.seek(gesture.start);
  }
  registerPlayerKeys(() => state.player, (ms) => state.player.seek(ms));
  registerKeys('Playing', [{ keys: ['r'], text: 'Play the gesture again', run: () => { if (state.player) play(); } }]);
  return { element, show, stage: () => state.stage, stop, refresh, toggleMark, focusNote: () => { if (state.note) state.note.focus(); } };
}
