// Playing a piece of a video: once, to its exact end, or in a loop.

const SPEEDS = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const TOLERANCE_MS = 2;

/**
 * Play pieces with `play({from, to, loop})`, times in ms on the clock of the tables.
 *
 * A piece is half-open: its last frame is the last one that begins before `to`. Playing stops when
 * this frame is on screen, and stays on it. `onchange()` is called when the piece, the loop or the
 * speed changes.
 */
function createPlayback(element, { clock, steps, jump, onchange }) {
  let piece = null;
  let looping = false;
  /** The time from which on a frame is the last one of a piece that ends at `end`. */
  function lastFrameFrom(end) {
    const known = steps.lastBefore(end);
    return (known === null ? end - steps.shortest : known) - TOLERANCE_MS;
  }
  function atEnd() {
    if (looping) {
      jump(piece.from);
      if (element.paused) resume();
      return;
    }
    const last = steps.lastBefore(piece.to);
    const end = last === null ? piece.to - 2 * TOLERANCE_MS : last + 1;
    piece = null;
    element.pause();
    // Until the pause takes effect, the browser may show one more frame.
    jump(end);
    onchange();
  }
  clock.onframe((ms) => {
    if (piece && !element.paused && !element.seeking && ms >= lastFrameFrom(piece.to)) atEnd();
  });
  // The end of the file is the end of a piece that lasts until then.
  element.addEventListener('ended', () => { if (piece) atEnd(); });
  function resume() {
    const started = element.play();
    // The promise is rejected if the browser allows playing only after a click on the page, or if a pause follows at once.
    return started ? started.catch(() => {}) : Promise.resolve();
  }
  return {
    play({ from = null, to = null, loop = looping } = {}) {
      looping = loop;
      const hasPiece = to !== null && to > (from === null ? -Infinity : from);
      piece = hasPiece ? { from: from === null ? clock.shown() : from, to } : null;
      element.loop = looping && !piece;
      if (from !== null) jump(from);
      onchange();
      return resume();
    },
    resume,
    /** Forget the end of the piece that is being played. */
    playOn() { piece = null; },
    piece: () => piece,
    looping: () => looping,
    setLoop(on) {
      looping = on;
      element.loop = looping && !piece;
      onchange();
    },
    setSpeed(speed) {
      element.playbackRate = Math.min(Math.max(speed, SPEEDS[0]), SPEEDS[SPEEDS.length - 1]);
      onchange();
    },
  };
}
