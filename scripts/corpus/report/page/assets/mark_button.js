// A button that marks a gesture or removes its mark, outside the list of gestures.

/** The button for a gesture (an object of `gestureAt`). */
function markButton(gesture) {
  const button = h('button', { type: 'button', class: 'mark quiet', 'aria-label': `Mark the gesture of ${whoOf(gesture)} in ${gesture.video.id} at ${whenOf(gesture)}`, onclick: () => {
    const marked = !marks.isMarked(gesture);
    marks.set(gesture, { marked });
    show();
    announce(marked ? 'Marked' : 'Mark removed');
  } });
  function show() {
    const marked = marks.isMarked(gesture);
    button.setAttribute('aria-pressed', String(marked));
    button.textContent = marked ? '★ Marked' : '☆ Mark';
  }
  show();
  whenMarksChange(show);
  return button;
}
