// The local video, which lies beside the page. Its own clock starts at the video's zero.

function playerOf(video, heard) {
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
  let frame = 0;
  const told = h('div', { class: 'no-player', hidden: true },
    h('p', {}, h('strong', {}, 'This browser cannot play the file.'), ' The timeline works all the same. Open it in another player, such as VLC:'),
    h('p', {}, h('a', { href: path }, h('code', {}, video.file))), h('p', { class: 'soft' }, 'The path is relative to the folder of the results.'));
  const element = h('video', { controls: true, preload: 'auto', playsinline: true, src: path, 'aria-label': `Video ${video.id}` });
  if (video.width && video.height) element.style.setProperty('aspect-ratio', `${video.width} / ${video.height}`);

  const now = () => element.currentTime * 1000 + video.zero;
  const tell = () => heard(now());
  const follow = () => {
    tell();
    if (!element.paused && !element.ended) frame = requestAnimationFrame(follow);
  };
  element.addEventListener('play', follow);
  element.addEventListener('seeked', tell);
  element.addEventListener('timeupdate', tell);
  element.addEventListener('loadedmetadata', () => {
    if (wanted !== null) element.currentTime = wanted;
    wanted = null;
  });
  element.addEventListener('error', () => {
    element.hidden = true;
    told.hidden = false;
    say('This browser cannot play the video.');
  });

  return {
    element: h('div', { class: 'player' }, element, told),
    seek(ms) {
      const seconds = Math.max(0, (ms - video.zero) / 1000);
      if (element.readyState >= HTMLMediaElement.HAVE_METADATA) element.currentTime = seconds;
      else wanted = seconds;
      heard(ms);
    },
    stop() {
      cancelAnimationFrame(frame);
      element.pause();
      element.removeAttribute('src');
      element.load();
    },
  };
}
