// The local video, which lies beside the page.

const MEASURE_MS = 400;

/**
 * `heard(ms)` is told the moment that is shown, on the clock of the tables; `moved()` that the
 * browser's 0:00 is not where the tables of the page said.
 */
function playerOf(video, heard, moved) {
  if (!video.file) {
    const gone = 'The video’s file is not in the folder of the results, or cannot be read.';
    const reason = isWhole(video) ? gone : video.reason || corpus.statuses[video.status];
    return {
      element: h('div', { class: 'no-player' }, statusBadge(video.status), h('p', {}, reason)),
      seek: () => {}, stop: () => {},
    };
  }
  const path = `../${video.file}`;
  let wanted = null;
  let aim = null;
  let ready = false;
  let frame = 0;
  const told = h('div', { class: 'no-player', hidden: true },
    h('p', {}, h('strong', {}, 'This browser cannot play the file.'), ' The timeline works all the same. Open it in another player, such as VLC:'),
    h('p', {}, h('a', { href: path }, h('code', {}, video.file))), h('p', { class: 'soft' }, 'The path is relative to the folder of the results.'));
  const element = h('video', { controls: true, preload: 'auto', playsinline: true, 'aria-label': `Video ${video.id}` });
  if (video.width && video.height) element.style.setProperty('aspect-ratio', `${video.width} / ${video.height}`);

  const now = () => element.currentTime * 1000 + video.zero;
  const tell = () => { if (ready) heard(now()); };
  const follow = () => {
    tell();
    if (!element.paused && !element.ended) frame = requestAnimationFrame(follow);
  };
  function jump(ms) {
    aim = Math.max(0, (ms - video.zero) / 1000);
    element.currentTime = aim;
  }
  // A file's header may say less than its length, and no jump goes beyond that; reading on mends it.
  element.addEventListener('durationchange', () => {
    if (aim !== null && element.currentTime < aim - 0.001) element.currentTime = aim;
  });
  element.addEventListener('seeked', () => {
    if (aim !== null && Math.abs(element.currentTime - aim) < 0.001) aim = null;
  });
  element.addEventListener('play', () => { aim = null; });
  function start() {
    if (ready) return;
    ready = true;
    element.dataset.ready = 'yes';
    if (wanted !== null) jump(wanted);
    wanted = null;
  }
  // Browsers differ in what they show as 0:00 where no stream of a file starts at 0. The first frame
  // tells: its time in the tables is known.
  function measure(_, { mediaTime }) {
    if (ready) return;
    const zero = video.start - mediaTime * 1000;
    if (Math.abs(zero - video.zero) > 2) {
      video.zero = Math.ceil(zero) - 1;
      moved();
    } else start();
  }
  if (element.requestVideoFrameCallback) element.requestVideoFrameCallback(measure);
  element.addEventListener('loadeddata', () => setTimeout(start, element.requestVideoFrameCallback ? MEASURE_MS : 0));
  element.addEventListener('play', follow);
  element.addEventListener('seeked', tell);
  element.addEventListener('timeupdate', tell);
  function fail() {
    element.hidden = true;
    element.pause();
    told.hidden = false;
    say('This browser cannot play the video.');
  }
  element.addEventListener('error', fail);
  // A picture that the browser cannot decode, beside sound that it can, is no error to it.
  element.addEventListener('loadedmetadata', () => { if (!element.videoWidth) fail(); });
  element.src = path;

  return {
    element: h('div', { class: 'player' }, element, told),
    seek(ms) {
      if (ready) jump(ms);
      else wanted = ms;
      heard(ms);
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
