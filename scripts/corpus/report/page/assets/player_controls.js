// The buttons of a player, and its keys.

/** The next faster (1) or slower (-1) of the speeds. */
function nextSpeed(speed, direction) {
  const others = SPEEDS.filter((candidate) => (candidate - speed) * direction > 0.001);
  if (!others.length) return speed;
  return direction > 0 ? others[0] : others[others.length - 1];
}

/**
 * Register the keys of the player that `playerOf()` returns when a key is pressed; without a video file they do nothing. `seek(ms)` also
 * changes what else shows the moment.
 */
function registerPlayerKeys(playerOf, seek) {
  const withPlayer = (action) => () => {
    const player = playerOf();
    if (player && player.video) action(player);
  };
  const changeSpeed = (direction) => withPlayer((player) => {
    player.setSpeed(nextSpeed(player.state().speed, direction));
    announce(`Speed ${player.state().speed}`);
  });
  const seekBy = (ms) => withPlayer((player) => seek(Math.max(player.now() + ms, 0)));
  registerKeys('Playing', [
    { keys: [' '], text: 'Play or pause', run: withPlayer((player) => player.toggle()) },
    { keys: ['.'], text: 'Next frame', run: withPlayer((player) => player.step(1)) },
    { keys: [','], text: 'Previous frame', run: withPlayer((player) => player.step(-1)) },
    { keys: ['ArrowRight'], text: '1 s forwards', run: seekBy(1000) },
    { keys: ['ArrowLeft'], text: '1 s back', run: seekBy(-1000) },
    { keys: ['Shift+ArrowRight'], text: '5 s forwards', run: seekBy(5000) },
    { keys: ['Shift+ArrowLeft'], text: '5 s back', run: seekBy(-5000) },
    { keys: ['[', '<'], text: 'Slower', run: changeSpeed(-1) },
    { keys: [']', '>'], text: 'Faster', run: changeSpeed(1) },
    { keys: ['l'], text: 'Repeat the piece, or play it once', run: withPlayer((player) => player.setLoop(!player.state().looping)) },
  ]);
}

const fullScreenIcon = () => svg('svg', { class: 'icon', viewBox: '0 0 12 12', 'aria-hidden': 'true' }, svg('path', { d: 'M1 4V1H4M8 1H11V4M11 8V11H8M4 11H1V8' }));

/** Show the player with its overlay in full screen, or end it. */
function toggleFullScreen(element) {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen().catch(() => announce('This browser does not allow full screen here.'));
}

/** The row of buttons below a player's picture: frame steps, speed, repetition, full screen, keys. */
function playerControls(player) {
  const button = (label, text, action, more = {}) => h('button', { type: 'button', 'aria-label': label, title: label, onclick: action, ...more }, text);
  const playButton = button('Play', '▶', player.toggle);
  const repeat = button('Repeat the piece', '↻', () => player.setLoop(!player.state().looping), { 'aria-pressed': 'false' });
  const speeds = selectBox(SPEEDS.map((speed) => [speed, `${speed}×`]), player.state().speed, (speed) => player.setSpeed(Number(speed)));
  speeds.id = newId('speed');
  player.onchange(() => {
    const { playing, looping, speed } = player.state();
    playButton.textContent = playing ? '❚❚' : '▶';
    for (const name of ['aria-label', 'title']) playButton.setAttribute(name, playing ? 'Pause' : 'Play');
    repeat.setAttribute('aria-pressed', String(looping));
    speeds.value = String(speed);
  });
  const bar = h('div', { class: 'player-controls', role: 'group', 'aria-label': 'Player' },
    button('Previous frame', '◂|', () => player.step(-1)), playButton, button('Next frame', '|▸', () => player.step(1)),
    h('label', { for: speeds.id, class: 'visually-hidden' }, 'Speed'), speeds, repeat, document.fullscreenEnabled && button('Full screen', fullScreenIcon(), () => toggleFullScreen(player.overlay.parentElement)), button('Keys', '?', () => showKeys()));
  return player.video ? bar : null;
}
