// Skeletons over the player of a video: follows the frames that it shows, with controls for what is drawn.

const SKELETON_PARTS = { body: 'Body', hands: 'Hands', faces: 'Faces', names: 'Names' };
const HAS_FRAME_TIMES = 'requestVideoFrameCallback' in HTMLVideoElement.prototype;

/** What is not drawn, remembered in this browser: parts for all videos, and people of this corpus. */
const hiddenSkeletons = memoize(() => {
  const storageKey = `skeletons of ${corpus.key} at ${location.pathname}`;
  let stored = [];
  // Browsers may refuse localStorage to a page that was opened from a file.
  try { stored = JSON.parse(localStorage.getItem(storageKey) || '[]'); } catch { /* nothing is hidden */ }
  const hidden = new Set(Array.isArray(stored) ? stored : []);
  return {
    has: (name) => hidden.has(name),
    set(name, isHidden) {
      if (isHidden) hidden.add(name);
      else hidden.delete(name);
      try { localStorage.setItem(storageKey, JSON.stringify([...hidden])); } catch { /* until the page is closed */ }
    },
  };
});

/** Points of a frame in pixels of the picture: [track, {part: points}], in the order of tracks. */
function peopleOfFrame(chunk, frame, index) {
  const found = new Map();
  for (const { track, part, points } of pointsOfFrame(chunk, frame)) {
    if (!found.has(track)) found.set(track, {});
    found.get(track)[index.parts[part]] = points.map((point) => point && [point[0] * index.unit, point[1] * index.unit]);
  }
  return [...found];
}

/** Buttons that switch parts and people on and off; `onchange` is called after each change. */
function skeletonControls(video, onchange) {
  const hidden = hiddenSkeletons();
  const button = (name, content, look = { class: 'toggle' }) => {
    const element = h('button', {
      type: 'button', ...look, 'aria-pressed': String(!hidden.has(name)),
      onclick: () => {
        hidden.set(name, !hidden.has(name));
        element.setAttribute('aria-pressed', String(!hidden.has(name)));
        onchange();
      },
    }, content);
    return element;
  };
  const parts = Object.entries(SKELETON_PARTS).map(([part, title]) => button(part, title));
  const people = h('div', { class: 'toggles', role: 'group', 'aria-label': 'People whose skeletons are drawn' });
  const fillPeople = () => people.replaceChildren(...video.people.map((person) => button(person.id, [personSymbol(person), names.label(person)], { class: 'toggle person-toggle over-video', style: { '--person': colourOf(person) } })));
  fillPeople();
  whenNamesChange(fillPeople);
  const status = h('p', { class: 'soft skeleton-status', role: 'status' });
  const element = h('div', { class: 'skeleton-controls' },
    h('div', { class: 'toggles', role: 'group', 'aria-label': 'Parts of skeletons that are drawn' }, h('span', { class: 'soft', 'aria-hidden': 'true' }, 'Draw'), parts),
    video.people.length > 0 && people, status);
  return { element, say(text) { status.textContent = text; } };
}

/** Skeletons over a player; returns the element with their controls, or null if there is nothing to draw. */
function createSkeletonLayer(video, player) {
  if (!corpus.skeletons || !player.video || !isDecoded(video)) return null;
  const canvas = createSkeletonCanvas(player.overlay);
  const skeletons = openSkeletons(video, player.setFrameTimes);
  const hidden = hiddenSkeletons();
  const style = getComputedStyle(canvas.element);
  const personOfTrack = new Map(video.tracks.map((track) => [track.track, track.person]));
  let index = null;
  let current = null;

  function describePerson(track) {
    const person = personOfTrack.get(track);
    if (!person) return { colour: FACELESS_COLOUR, label: '', hidden: false };
    return { colour: style.getPropertyValue(`--p${person.colour}`), label: names.label(person), hidden: hidden.has(person.id) };
  }
  function drawFrame(chunk, { ms, exact }) {
    if (!chunk) return canvas.clear();
    const frame = frameIndexAt(chunk, ms, exact);
    const shown = new Set(Object.keys(SKELETON_PARTS).filter((part) => !hidden.has(part)));
    return canvas.draw({ number: chunk.first + frame, time: chunk.times[frame], people: peopleOfFrame(chunk, frame, index) }, { index, shown, person: describePerson });
  }
  /** `moment` is {ms, exact}; exact is false for the time of a player, which can be later in the same frame. */
  function show(moment) {
    current = moment;
    const chunk = skeletons.chunkAt(moment.ms);
    if (!chunk || !chunk.then) return drawFrame(chunk, moment);
    canvas.clear();
    return chunk.then((loaded) => { if (current === moment) drawFrame(loaded, moment); }).catch(() => {});
  }
  const redraw = () => { if (current) show(current); };
  const controls = skeletonControls(video, redraw);
  whenNamesChange(redraw);
  player.onframe((ms) => show({ ms, exact: HAS_FRAME_TIMES }));
  // Some seeks of a paused video are reported by no frame.
  player.video.addEventListener('seeked', () => show({ ms: player.video.currentTime * 1000 + video.zero, exact: false }));
  new ResizeObserver(redraw).observe(player.overlay);
  skeletons.index.then((value) => {
    index = value;
    if (!index) controls.say('The skeletons of this video are not in the results folder. Run the workflow to make them.');
    else if (!index.chunks.length) controls.say('No frame of this video was analysed, so there is nothing to draw.');
  }, () => controls.say('This browser cannot read the skeletons. Use a newer browser, or the overlay videos.'));
  return controls.element;
}
