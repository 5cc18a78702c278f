// Moving drawings of gestures. One timer draws all that play.

/** Pause at the end of each repetition. */
const PAUSE_MS = 500;

const playingThumbnails = new Set();
const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');

function drawPlaying(now) {
  for (const thumbnail of playingThumbnails) {
    if (!thumbnail.canvas.isConnected) playingThumbnails.delete(thumbnail);
    else thumbnail.draw(now);
  }
  if (playingThumbnails.size) requestAnimationFrame(drawPlaying);
}

function playThumbnail(thumbnail) {
  if (playingThumbnails.has(thumbnail)) return;
  thumbnail.since = performance.now();
  playingThumbnails.add(thumbnail);
  if (playingThumbnails.size === 1) requestAnimationFrame(drawPlaying);
}

const thumbnailOf = new WeakMap();
const thumbnailsInView = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const thumbnail = thumbnailOf.get(entry.target);
    if (entry.isIntersecting) thumbnail.load();
    thumbnail.inView = entry.isIntersecting;
    thumbnail.update();
  }
}, { rootMargin: '100px' });

/**
 * A moving drawing of a gesture ({video, gesture, person, hand: 'left' or 'right'}) as an element. It plays in a loop while it is in view;
 * with reduced motion, while the mouse or the focus is on it or on the link or row around it. `size` is in CSS pixels.
 */
function gestureThumbnail(gesture, { size = 96 } = {}) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const canvas = h('canvas', { class: 'thumbnail', width: Math.round(size * ratio), height: Math.round(size * ratio), role: 'img',
    'aria-label': `Drawing of the gesture of the ${gesture.hand} hand`, style: { color: colourOf(gesture.person), width: `${size}px`, height: `${size}px` } });
  const hand = gesture.hand === 'left' ? 0 : 1;
  const thumbnail = { canvas, inView: false, pointed: false, drawn: null, loading: false, since: 0 };
  thumbnail.draw = (now) => {
    if (!thumbnail.drawn) return;
    const elapsed = (now - thumbnail.since) % (thumbnail.drawn.ms + PAUSE_MS);
    drawGesture(canvas, thumbnail.drawn, hand, Math.min(elapsed / Math.max(thumbnail.drawn.ms, 1), 1));
  };
  thumbnail.load = async () => {
    if (thumbnail.loading) return;
    thumbnail.loading = true;
    const drawn = (await drawnGestures(gesture.video)).get(gesture.gesture);
    if (drawn && drawn.nPoses) {
      thumbnail.drawn = drawn;
      drawGesture(canvas, drawn, hand, 0.5);
      canvas.dataset.ready = '';
    } else {
      canvas.dataset.ready = 'none';
      canvas.setAttribute('aria-label', 'No drawing of this gesture');
    }
    thumbnail.update();
  };
  thumbnail.update = () => {
    const plays = thumbnail.drawn && (thumbnail.pointed || (thumbnail.inView && !reducedMotion.matches));
    if (plays) playThumbnail(thumbnail);
    else playingThumbnails.delete(thumbnail);
  };
  thumbnailOf.set(canvas, thumbnail);
  thumbnailsInView.observe(canvas);
  // The element around it is known only after the thumbnail was inserted.
  requestAnimationFrame(() => {
    const around = canvas.closest('a, button, tr, li') || canvas;
    const point = (pointed) => () => {
      thumbnail.pointed = pointed;
      thumbnail.update();
    };
    for (const event of ['pointerenter', 'focusin']) around.addEventListener(event, point(true));
    for (const event of ['pointerleave', 'focusout']) around.addEventListener(event, point(false));
  });
  return canvas;
}
