// The clip of the gesture that is pointed at on the map, in a loop and without sound, if the user asks for clips.

/** Files are opened only for a gesture at which the pointer rests. */
const CLIP_DELAY_MS = 150;

/** A button with this label that shows clips, and the place of the clip: {button, element, show(gesture), leave()}. */
function gestureClip(label) {
  const element = h('div', { class: 'map-clip', hidden: true });
  const button = h('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false', onclick: () => {
    const isOn = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(isOn));
    element.hidden = !isOn;
    if (isOn) play();
    else stop();
  } }, label);
  const state = { gesture: null, player: null, video: null, isLeft: false };
  function stop() {
    if (state.player) state.player.stop();
    state.player = null;
    element.replaceChildren();
  }
  function play() {
    const { gesture } = state;
    if (!gesture || state.isLeft || element.hidden) return;
    if (!state.player || state.video !== gesture.video) {
      stop();
      state.video = gesture.video;
      state.player = createPlayer(gesture.video, () => {}, () => {});
      if (state.player.video) {
        state.player.video.muted = true;
        state.player.video.controls = false;
      }
      element.replaceChildren(state.player.element);
    }
    state.player.play({ from: gesture.start, to: gesture.end, loop: true });
  }
  const playSoon = debounce(play, CLIP_DELAY_MS);
  return {
    button, element,
    show(gesture) {
      state.gesture = gesture;
      playSoon();
    },
    leave() {
      state.isLeft = true;
      stop();
    },
  };
}
