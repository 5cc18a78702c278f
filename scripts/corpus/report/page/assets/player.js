// The player of a local video file, which lies beside the page.

const ZERO_TIMEOUT_MS = 400;
const ZERO_MARGIN_MS = 0.01;
const PLAYABLE_FOLDER = 'exports/playable';

/**
 * Correct `video.zero` from the media time (s) of the first frame; whether it was wrong.
 *
 * Browsers differ in what they display as 0:00 if no stream of a file starts at 0. The first frame
 * shows which time this browser uses, because its time in the tables is known.
 */
function correctZero(video, mediaTime) {
  // video.start is a whole number; the runs of frames begin with the exact time.
  const [firstRun] = detailsOf(video).frames || [];
  const zero = (firstRun ? firstRun[0] : video.start) - mediaTime * 1000;
  if (Math.abs(zero - video.zero) <= 2) return false;
  // A little too early, so that seeking to a frame never shows the one before.
  video.zero = firstRun ? zero - ZERO_MARGIN_MS : Math.ceil(zero) - 1;
  return true;
}

/** The text shown in place of a player that has no file to play; its functions do nothing. */
function playerWithoutFile(video) {
  const missing = 'The video file is not in the results folder, or it cannot be read.';
  const isMissing = isDecoded(video);
  const reason = isMissing ? missing : video.reason || corpus.statuses[video.status];
  const nothing = () => {};
  return {
    element: h('div', { class: 'no-player' }, isMissing ? h('span', { class: 'badge check' }, 'no video file') : statusBadge(video.status), h('p', {}, reason)),
    video: null, overlay: null, onframe: () => nothing, onchange: nothing, now: () => video.start, state: () => ({}),
    seek: nothing, play: nothing, toggle: nothing, pause: nothing, step: nothing, setSpeed: nothing, setLoop: nothing, setFrameTimes: nothing, stop: nothing,
  };
}

/** The note shown if neither the video nor its playable export can be played. */
function unplayableNote(video) {
  return h('div', { class: 'no-player', hidden: true },
    h('p', {}, h('strong', {}, 'This browser cannot play the video file, or the file is not here.'), ' The timeline works nevertheless. If you moved the results without their videos, copy them again with ', h('code', {}, 'cp -rL'), ', which also copies what links lead to. If the file is here, make copies of all videos that every browser plays: ', howToMake('playable'), '. Then reload the page.'),
    h('p', {}, 'Or open the file in another player, such as VLC: ', h('a', { href: `../${video.file}` }, h('code', {}, video.file))), h('p', { class: 'soft' }, 'The path is relative to the results folder.'));
}

/**
 * The video element of a player, with the playable export as the second file. `onzero()` and
 * `onerror()` are called when the zero of the clock was corrected, and when no file can be played.
 */
function createVideoElement(video, { onready, onzero, onerror }) {
  const element = h('video', { controls: true, controlslist: 'nofullscreen noplaybackrate', preload: 'auto', playsinline: true, 'aria-label': `Video ${video.id}` });
  const files = [`../${video.file}`, `../${PLAYABLE_FOLDER}/${video.id}.mp4`];
  let ready = false;
  let isCopy = false;
  function start() {
    if (ready) return;
    ready = true;
    element.dataset.ready = 'yes';
    onready();
  }
  function measureZero(_, { mediaTime }) {
    if (ready) return;
    // The playable copy is on the player's clock, and may begin with a black image at 0.
    if (!isCopy && correctZero(video, mediaTime)) onzero();
    else start();
  }
  if (element.requestVideoFrameCallback) element.requestVideoFrameCallback(measureZero);
  element.addEventListener('loadeddata', () => setTimeout(start, element.requestVideoFrameCallback ? ZERO_TIMEOUT_MS : 0));
  function useNextFile() {
    const file = files.shift();
    isCopy = !files.length;
    if (!file) return onerror();
    // A new source pauses the player.
    const isPlaying = !element.paused;
    element.src = file;
    return isPlaying && element.play().catch(() => {});
  }
  element.addEventListener('error', useNextFile);
  // If a browser can decode the sound but not the picture, it does not report an error.
  element.addEventListener('loadedmetadata', () => { if (!element.videoWidth) useNextFile(); });
  return {
    element,
    isReady: () => ready,
    load: useNextFile,
    stop() {
      ready = true;
      files.length = 0;
      element.removeEventListener('error', useNextFile);
      element.pause();
      element.removeAttribute('src');
      element.load();
    },
  };
}

/**
 * A player of a video. All times are ms on the clock of the tables.
 *
 * `element` is the whole player, `video` the HTML element, and `overlay` an
 * empty element exactly over the picture (both null without a file). `seek(ms)`, `play({from, to, loop})`, `toggle()`,
 * `pause()`, `step(1 or -1)` by frames, `setSpeed(factor)`, `setLoop(on)`, `now()` the moment shown,
 * `onframe(listener)` calls listener(ms) with the time of each frame shown, `onchange(listener)` is
 * called when it starts, stops, or changes its piece, loop or speed; `state()` has these.
 * `setFrameTimes(times, complete)` gives exact times of successive frames; `stop()` frees the video.
 *
 * `ontime(ms)` is called with the displayed moment. `onzero()` is called when this browser's 0:00
 * differs from `video.zero`, after `video.zero` was corrected.
 */
function createPlayer(video, ontime, onzero) {
  if (!video.file) return playerWithoutFile(video);
  const listeners = new Set();
  const changed = () => listeners.forEach((listener) => listener());
  const errorNote = unplayableNote(video);
  let pendingSeek = null;
  let target = null;
  let frame = 0;
  const source = createVideoElement(video, {
    onzero,
    onready() {
      if (pendingSeek !== null) jump(pendingSeek);
      pendingSeek = null;
    },
    onerror() {
      screen.hidden = true;
      errorNote.hidden = false;
      announce('This browser cannot play the video.');
      changed();
    },
  });
  const { element } = source;
  const overlay = h('div', { class: 'overlay' });
  const screen = h('div', { class: 'screen' }, element, overlay);
  const setShape = (width, height) => { if (width && height) screen.style.setProperty('--shape', width / height); };
  setShape(video.width, video.height);
  element.addEventListener('loadedmetadata', () => setShape(element.videoWidth, element.videoHeight));

  const now = () => (pendingSeek === null ? element.currentTime * 1000 + video.zero : pendingSeek);
  const reportTime = () => { if (source.isReady()) ontime(now()); };
  const reportEachFrame = () => {
    reportTime();
    playback.watch(now());
    if (!element.paused && !element.ended) frame = requestAnimationFrame(reportEachFrame);
  };
  function jump(ms) {
    if (!source.isReady()) {
      pendingSeek = ms;
      return;
    }
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
  element.addEventListener('play', reportEachFrame);
  for (const event of ['seeked', 'timeupdate']) element.addEventListener(event, reportTime);
  for (const event of ['play', 'pause', 'ratechange']) element.addEventListener(event, changed);
  const clock = createFrameClock(element, video);
  const steps = createFrameSteps(element, video, clock, jump);
  const playback = createPlayback(element, { clock, steps, jump, onchange: changed });
  source.load();

  const player = {
    element: h('div', { class: 'player' }, screen, errorNote),
    video: element, overlay, now, step: steps.step, setFrameTimes: steps.setTimes, onframe: clock.onframe,
    play: playback.play, setSpeed: playback.setSpeed, setLoop: playback.setLoop,
    onchange(listener) { listeners.add(listener); },
    state: () => ({ playing: !element.paused, speed: element.playbackRate, looping: playback.looping(), piece: playback.piece() }),
    pause: () => element.pause(),
    toggle: () => (element.paused ? playback.resume() : element.pause()),
    seek(ms) {
      playback.playOn();
      jump(ms);
      ontime(ms);
    },
    stop() {
      cancelAnimationFrame(frame);
      listeners.clear();
      clock.stop();
      source.stop();
    },
  };
  return player;
}
