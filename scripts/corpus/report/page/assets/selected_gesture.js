// The gesture that is selected on a video's timeline: its figures, mark and note, and links to others.

/** The row of figures of a gesture of the timeline. */
function gestureFigures(video, item) {
  const notes = GESTURE_NOTES.filter((_, digit) => item.notes & (1 << digit));
  const figures = [
    ['Time', `${formatClock(item.start - video.zero)}, ${formatDuration(item.end - item.start)}`],
    ['Peak speed', peakText(item.peak)],
    ['Seen', notes.length ? notes.join(', ') : 'whole'],
  ];
  return h('dl', { class: 'gesture-figures' }, figures.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

/** The button that marks a gesture of the timeline, the field for its note, and a function that shows both as they are kept now. */
function gestureMarking(video, item) {
  // Marks keep the person as the table does, so that they survive another numbering of gestures.
  const gesture = { ...item, video, hand: HANDS[item.hand] };
  const isMarked = () => marks.isMarked(gesture);
  const toggle = () => {
    marks.set(gesture, { marked: !isMarked() });
    show();
    announce(isMarked() ? 'Marked' : 'Mark removed');
  };
  const button = h('button', { type: 'button', class: 'mark', onclick: toggle });
  function show() {
    button.textContent = isMarked() ? '★ Marked' : '☆ Mark';
    button.setAttribute('aria-pressed', String(isMarked()));
    setFieldText(note, marks.note(gesture));
  }
  const note = h('input', { type: 'text', class: 'gesture-note', autocomplete: 'off', placeholder: 'Note', 'aria-label': 'Note on this gesture', oninput: (event) => marks.set(gesture, { note: event.target.value }),
    // Leaving the field lets the keys of the view work again.
    onkeydown: (event) => { if (event.key === 'Escape' || event.key === 'Enter') { event.preventDefault(); button.focus(); } } });
  show();
  return { elements: [button, note], refresh: show, toggle, focusNote: () => note.focus() };
}

/**
 * The selected gesture in one line below the player, for windows in which its card is below the timeline.
 * `showCard()` goes to the card; `choose` and `show` are as for `selectedGestureCard`.
 */
function selectedGestureLine(video, choose, showCard) {
  const text = h('button', { type: 'button', class: 'link', title: 'Figures, mark and note', onclick: showCard });
  const step = (symbol, label, direction) => h('button', { type: 'button', 'aria-label': label, title: label, onclick: () => choose(direction) }, symbol);
  const element = h('div', { class: 'gesture-line', role: 'group', 'aria-label': 'Selected gesture', hidden: true }, text, step('←', 'Previous gesture', -1), step('→', 'Next gesture', 1));
  return {
    element,
    show(gesture) {
      element.hidden = !gesture;
      if (gesture) text.textContent = `Gesture ${gesture.gesture}, ${HANDS[gesture.hand]}, ${formatClock(gesture.start - video.zero)}, ${formatDuration(gesture.end - gesture.start)}`;
    },
  };
}

/**
 * The card of the selected gesture, and the `line` that stands for it in small windows; both are hidden
 * without one. `show(item)` shows a gesture of the timeline, or hides them for another item or null. `toggleMark()` and `focusNote()` are
 * for keys. `choose(1 or -1)` selects the next or previous gesture.
 */
function selectedGestureCard(video, choose) {
  const element = h('section', { class: 'video-gesture', 'aria-label': 'Selected gesture', hidden: true });
  let shown = null;
  let marking = null;
  const { gestures } = detailsOf(video);
  marks.matchVideo(video, gestures.start.map((start, row) => ({ video, gesture: gestures.gesture[row], person: gestures.cluster[row] < 0 ? null : clusters[gestures.cluster[row]].person, hand: HANDS[gestures.hand[row]], start, end: gestures.end[row] })));
  whenMarksChange(() => marking && marking.refresh());
  const line = selectedGestureLine(video, choose, () => {
    element.scrollIntoView({ block: 'nearest' });
    element.querySelector('.gesture-marking button').focus({ preventScroll: true });
  });
  const withMarking = (action) => () => (marking ? action(marking) : announce('Choose a gesture first.'));
  return {
    element,
    line: line.element,
    toggleMark: withMarking((shownMarking) => shownMarking.toggle()),
    focusNote: withMarking((shownMarking) => shownMarking.focusNote()),
    show(item) {
      const gesture = item && item.gesture !== undefined ? item : null;
      if (gesture === shown) return;
      shown = gesture;
      element.hidden = !gesture;
      line.show(gesture);
      marking = gesture && gestureMarking(video, gesture);
      if (!gesture) return;
      const step = (text, label, direction) => h('button', { type: 'button', 'aria-label': label, title: label, onclick: () => {
        choose(direction);
        // The button that had the focus was replaced.
        element.querySelector(`[aria-label="${label}"]`).focus();
      } }, text);
      element.replaceChildren(
        h('p', { class: 'gesture-title' }, h('strong', {}, `Gesture ${gesture.gesture}`), h('span', {}, gesture.person ? personLink(gesture.person) : 'no face found', `, ${HANDS[gesture.hand]} hand`), likeLink(video, gesture.gesture),
          h('span', { class: 'gesture-steps' }, step('←', 'Previous gesture', -1), step('→', 'Next gesture', 1))),
        gestureFigures(video, gesture), h('div', { class: 'gesture-marking' }, marking.elements), amongAllWhenLoaded(video, gesture.gesture));
    },
  };
}
