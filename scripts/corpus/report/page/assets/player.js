// The player of a local video file, which lies beside the page.

const ZERO_TIMEOUT_MS = 400;

/**
 * Correct `video.zero` from the media time (s) of the first frame; whether it was wrong.
 *
 * Browsers differ in what they display as 0:00 if no stream of a file starts at 0. The first frame
 * shows which time this browser uses, because its time in the tables is known.
 */
function correctZero(video, mediaTime) {
  const zero = video.start - mediaTime * 1000;
  if (Math.abs(zero - video.zero) <= 2) return false;
  video.zero = Math.ceil(zero) - 1;
  return true;
}

/** The text shown in place of a player that has no file to play. */
function playerWithoutFile(video) {
  const missing = 'The video file is not in the results folder, or it cannot be read.';
  const reason = isDecoded(video) ? missing : video.reason || corpus.statuses[video.status];
  return {
    element: h('div', { class: 'no-player' }, statusBadge(video.status), h('p', {}, reason)),
    seek: () => {}, stop: () => {},
  };
}

/**
 * A player with `element`, `seek(ms)` and `stop()`.
 *
 * `ontime(ms)` is called with the displayed moment, on the clock of the tables. `onzero()` is called
 * when this browser's 0:00 differs from `video.zero`, after `video.zero` was corrected.
 */
function createPlayer(video, ontime, onzero) {
  if (!video.file) return playerWithoutFile(video);
  const path = `../${video.file}`;
  let pendingSeek = null;
  let target = null;
  let ready = false;
  let frame = 0;
  const errorNote = h('div', { class: 'no-player', hidden: true },
    h('p', {}, h('strong', {}, 'This browser cannot play the video file.'), ' The timeline works nevertheless. Open the file in another player, such as VLC:'),
    h('p', {}, h('a', { href: path }, h('code', {}, video.file))), h('p', { class: 'soft' }, 'The path is relative to the results folder.'));
  const element = h('video', { controls: true, preload: 'auto', playsinline: true, 'aria-label': `Video ${video.id}` });
  if (video.width && video.height) element.style.setProperty('aspect-ratio', `${video.width} / ${video.height}`);

  const now = () => element.currentTime * 1000 + video.zero;
  const reportTime = () => { if (ready) ontime(now()); };
  const reportEachFrame = () => {
    reportTime();
    if (!element.paused && !element.ended) frame = requestAnimationFrame(reportEachFrame);
  };
  function jump(ms) {
    target = Math.max(0, (ms - video.zero) / 1000);
    element.currentTime = target;
  }
  // If the duration in a file's header is too short, seeking stops there. The browser corrects the
  // duration while it reads on; then seek again.
  element.addEventListener('durationchange', () => {
    if (target !== null && element.currentTime < target - 0.001) element.currentTime = target;
  });
  element.addEventListener('seeked', () => {
    if (target !== null && Math.abs(element.currentTime - target) < 0.001) target = null;
  });
  element.addEventListener('play', () => { target = null; });
  function start() {
    if (ready) return;
    ready = true;
    element.dataset.ready = 'yes';
    if (pendingSeek !== null) jump(pendingSeek);
    pendingSeek = null;
  }
  function measureZero(_, { mediaTime }) {
    if (ready) return;
    if (correctZero(video, mediaTime)) onzero();
    else start();
  }
  if (element.requestVideoFrameCallback) element.requestVideoFrameCallback(measureZero);
  element.addEventListener('loadeddata', () => setTimeout(start, element.requestVideoFrameCallback ? ZERO_TIMEOUT_MS : 0));
  element.addEventListener('play', reportEachFrame);
  element.addEventListener('seeked', reportTime);
  element.addEventListener('timeupdate', reportTime);
  function showError() {
    element.hidden = true;
    element.pause();
    errorNote.hidden = false;
    announce('This browser cannot play the video.');
  }
  element.addEventListener('error', showError);
  // If a browser can decode the sound but not the picture, it does not report an error.
  element.addEventListener('loadedmetadata', () => { if (!element.videoWidth) showError(); });
  element.src = path;

  return {
    element: h('div', { class: 'player' }, element, errorNote),
    seek(ms) {
      if (ready) jump(ms);
      else pendingSeek = ms;
      ontime(ms);
    },
    stop() {
      ready = true;
      cancelAnimationFrame(frame);
      element.pause();
      element.removeAttribute('src');
      element.load();
    },
  };
}
