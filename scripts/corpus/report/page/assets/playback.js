// Playing a piece of a video: once, to its exact end, or in a loop.

const SPEEDS = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const TOLERANCE_MS = 2;
/** A browser that is told to pause shows further pictures for up to two refreshes of a screen of 60 Hz. */
const PAUSE_DELAY_MS = 35;
/** A frame that begins no earlier than this before a moment may be the one on screen at this moment. */
const LONGEST_FRAME_MS = 100;
/** The speed that was chosen last; the next video plays at it, too. */
let chosenSpeed = 1;

/**
 * Play pieces with `play({from, to, loop})`, times in ms on the clock of the tables.
 *
 * A piece is half-open: its last frame is the last one that begins before `to`. Playing stops on this
 * frame. A piece of a single frame is not played but shown, because the next frame would flash up.
 * `onchange()` is called when the piece, the loop or the speed changes.
 */
function createPlayback(element, { clock, steps, jump, onchange }) {
  let piece = null;
  let looping = false;
  function setSpeed(speed) {
    chosenSpeed = Math.min(Math.max(speed, SPEEDS[0]), SPEEDS[SPEEDS.length - 1]);
    // A player returns to its default speed when it loads another file.
    element.defaultPlaybackRate = chosenSpeed;
    element.playbackRate = chosenSpeed;
  }
  setSpeed(chosenSpeed);
  /** Whether a frame of the piece was shown after the jump to its start. */
  let hasBegun = false;
  /** The time of the last frame of a piece that ends at `end`, or a time in it. */
  function lastFrame(end) {
    const known = steps.lastBefore(end);
    return known === null ? end - steps.shortest : known;
  }
  /** The moment of a piece from which on a request to pause may come too late to stop before its end. */
  const stopFrom = () => Math.max(lastFrame(piece.to) - PAUSE_DELAY_MS * element.playbackRate, piece.from);
  const isOneFrame = ({ from, to }) => {
    const first = steps.lastBefore(from + TOLERANCE_MS);
    return lastFrame(to) - (first === null ? from : first) <= TOLERANCE_MS;
  };
  function begin() {
    hasBegun = false;
    jump(piece.from);
  }
  function atEnd() {
    if (looping && !isOneFrame(piece)) {
      begin();
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
    if (!piece || element.paused) return;
    // While the browser seeks, it may still show frames from before the jump.
    hasBegun = hasBegun || !element.seeking || (ms <= piece.from + TOLERANCE_MS && ms > piece.from - LONGEST_FRAME_MS);
    if (!hasBegun) return;
    // A loop shows all of its frames. A piece that is played once never shows the frame after its end.
    if (ms >= (looping ? lastFrame(piece.to) : stopFrom()) - TOLERANCE_MS) atEnd();
  });
  /** Stop also if the browser leaves the last frame out, as a busy computer makes it do: `ms` is the player's time. */
  function watch(ms) {
    if (piece && hasBegun && !element.paused && !element.seeking && ms >= (looping ? piece.to - TOLERANCE_MS : stopFrom())) atEnd();
  }
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
      hasBegun = from === null;
      if (from !== null) jump(from);
      // A silent video has ended when its last frame is shown; to play on would start from 0:00.
      const isStill = (piece && isOneFrame(piece)) || (from !== null && element.ended);
      if (isStill) {
        piece = null;
        element.pause();
      }
      element.loop = looping && !piece;
      onchange();
      return isStill ? Promise.resolve() : resume();
    },
    resume,
    watch,
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
      setSpeed(speed);
      onchange();
    },
  };
}
