// The best face of a track: the stored picture, or else a part of the video file beside the page.

const FACE_PIXELS = 192;
// On each side, as a share of the face's size, as in the stored pictures.
const FACE_MARGIN = 0.4;
const FACE_TIMEOUT_MS = 8000;

/** The first event of this name on `element`; rejected after an error or a long time. */
function nextEvent(element, name) {
  return new Promise((resolve, reject) => {
    element.addEventListener(name, resolve, { once: true });
    element.addEventListener('error', reject, { once: true });
    setTimeout(reject, FACE_TIMEOUT_MS, new Error(name));
  });
}

/** The media time (s) of the next frame that is shown, or null if this browser does not report it within `timeout` ms. */
function nextMediaTime(element, timeout) {
  if (!element.requestVideoFrameCallback) return Promise.resolve(null);
  return new Promise((resolve) => {
    element.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime));
    setTimeout(resolve, timeout, null);
  });
}

/** Left, top and side of a square around a box, in pixels of the tables, moved inside the image. */
function squareAround([x1, y1, x2, y2], width, height) {
  const side = Math.min(Math.max(x2 - x1, y2 - y1) * (1 + 2 * FACE_MARGIN), width, height);
  const inside = (middle, size) => Math.min(Math.max(middle - side / 2, 0), size - side);
  return [inside((x1 + x2) / 2, width), inside((y1 + y2) / 2, height), side];
}

/** Whether the results have a playable copy of a video, see player.js. */
async function hasPlayableCopy(video) {
  const files = await resultFiles();
  const copies = files && files.video[`${PLAYABLE_FOLDER}/{video}.mp4`];
  return copies === true || Boolean(copies && copies.includes(video.id));
}

/** Draw a face of a video on a canvas, or the whole picture if there is no box; rejected if this browser can play neither the file nor a copy. */
async function drawFace(canvas, face) {
  const { video } = face;
  try {
    await drawFrame(canvas, face, `../${video.file}`);
  } catch (error) {
    if (!await hasPlayableCopy(video)) throw error;
    await drawFrame(canvas, face, `../${PLAYABLE_FOLDER}/${video.id}.mp4`, { isCopy: true });
  }
}

/** Draw a face, or a whole picture, of this file. */
async function drawFrame(canvas, { video, time, box }, file, { isCopy = false } = {}) {
  const element = h('video', { preload: 'auto', playsinline: true });
  element.muted = true;
  try {
    const loaded = nextEvent(element, 'loadeddata');
    const firstFrame = nextMediaTime(element, FACE_TIMEOUT_MS / 2);
    element.src = file;
    await loaded;
    // If a browser can decode the sound but not the picture, it does not report an error.
    if (!element.videoWidth) throw new Error('no picture');
    const mediaTime = await firstFrame;
    if (mediaTime !== null && !isCopy) correctZero(video, mediaTime);
    const sought = nextEvent(element, 'seeked');
    // A busy browser may end the seek before it shows the frame. No frame is reported if it is the same.
    const shown = nextMediaTime(element, ZERO_TIMEOUT_MS);
    element.currentTime = Math.max(0, (time - video.zero) / 1000);
    await sought;
    await shown;
    // The player may show the picture in another size than that of the tables.
    const [across, down] = [element.videoWidth / video.width, element.videoHeight / video.height];
    const [left, top, side] = box ? squareAround(box, video.width, video.height) : [0, 0];
    const [width, height] = box ? [side, side] : [video.width, video.height];
    canvas.getContext('2d').drawImage(element, left * across, top * down, width * across, height * down, 0, 0, canvas.width, canvas.height);
  } finally {
    element.removeAttribute('src');
    element.load();
  }
}

/** Draws faces that scroll into view, one after another: a browser holds few videos at once. */
const faceQueue = (() => {
  const jobs = new Map();
  let queue = Promise.resolve();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting || !jobs.has(target)) continue;
      const { face, onerror } = jobs.get(target);
      jobs.delete(target);
      observer.unobserve(target);
      // A canvas that is no longer on the page needs no picture.
      queue = queue.then(() => target.isConnected && drawFace(target, face).then(() => { target.dataset.drawn = 'yes'; })).catch(onerror);
    }
  }, { rootMargin: '200px' });
  return {
    add(canvas, face, onerror) {
      jobs.set(canvas, { face, onerror });
      observer.observe(canvas);
    },
  };
})();

/** The best face of a track, or the number of the person if there is neither picture nor video. */
function faceImage(face) {
  const { video, track } = face;
  const style = { '--person': colourOf(track.person) };
  const label = `${names.label(track.person)} in ${video.id}`;
  const stored = pictureOf(track);
  if (stored) return h('img', { class: 'face large', src: stored.src, alt: label, style, loading: 'lazy' });
  const withoutImage = () => h('span', { class: 'face initials large', style, title: 'The video file cannot be shown here.' }, track.person.id.replace(/^p0*/, ''));
  if (!video.file || !video.width) return withoutImage();
  const canvas = h('canvas', { class: 'face large', width: FACE_PIXELS, height: FACE_PIXELS, role: 'img', 'aria-label': label, style });
  faceQueue.add(canvas, { ...face, video }, () => canvas.replaceWith(withoutImage()));
  return canvas;
}
