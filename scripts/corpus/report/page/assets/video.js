// One video: its player, and on a timeline the shots, who is on screen, movement and gestures.

const HANDS = ['left', 'right'];
const ZOOMS = [1, 2, 4, 8, 16, 32, 64];

/** What of a video is on one lane each, by person; last the bodies whose face was not found. */
function lanesOf(video) {
  const { gestures, curves } = detailsOf(video);
  const all = gestures.start.map((start, row) => ({
    start, end: gestures.end[row], hand: gestures.hand[row], peak: gestures.peak[row] / 100,
    person: gestures.found[row] < 0 ? null : found[gestures.found[row]].person,
  }));
  const whole = video.people.map((person) => ({
    person,
    tracks: video.tracks.filter((track) => track.person === person),
    curves: curves.filter((curve) => found[curve.found].person === person),
    gestures: all.filter((gesture) => gesture.person === person),
  }));
  const nobodys = all.filter((gesture) => !gesture.person);
  if (nobodys.length) whole.push({ person: null, tracks: [], curves: [], gestures: nobodys });
  return whole;
}

function trackItem(video, track) {
  const name = names.label(track.person);
  const sure = track.sure < 50 ? `, unsure: probability ${track.sure / 100}` : '';
  return { start: track.start, end: track.end, unsure: track.sure < 50,
    text: `${name} on screen ${clock(track.start - video.zero)} to ${clock(track.end - video.zero)}${sure}` };
}

function gestureItem(video, gesture) {
  const who = gesture.person ? names.label(gesture.person) : 'no face found';
  return { ...gesture,
    text: `Gesture, ${HANDS[gesture.hand]} hand of ${who}, ${clock(gesture.start - video.zero, 2)} for ${lasting(gesture.end - gesture.start)}, peak ${gesture.peak.toFixed(1)} shoulder widths a second` };
}

function timelineOf(video, seek) {
  const details = detailsOf(video);
  const span = { from: video.start, length: video.length, pick: seek };
  const ends = [...details.shots.slice(1), video.end];
  const shots = details.shots.map((start, place) => ({ start, end: ends[place], text: `Shot ${place + 1}, ${clock(start - video.zero)} to ${clock(ends[place] - video.zero)}` }));
  const groups = lanesOf(video);
  const most = Math.max(1, ...groups.flatMap((group) => group.curves.flatMap((curve) => curve.hands.map((hand) => (hand ? hand.max : 0)))));
  const element = h('div', { class: 'timeline' });
  const add = (label, ...content) => element.append(h('div', { class: 'row' }, h('div', { class: 'row-name' }, label), h('div', { class: 'row-time' }, content)));

  const axis = h('div', { class: 'axis' });
  axis.addEventListener('click', (event) => {
    const box = axis.getBoundingClientRect();
    seek(video.start + ((event.clientX - box.left) / box.width) * video.length);
  });
  add(h('span', { class: 'soft' }, 'Time'), axis);
  add('Shots', lane({ ...span, items: shots, label: `${several(shots.length, 'shot')}`, kind: 'shots', snap: true }));
  for (const { person, tracks: own, curves, gestures } of groups) {
    const name = person ? names.label(person) : 'No face found';
    const colour = colourOf(person);
    const content = [];
    if (own.length) content.push(lane({ ...span, items: own.map((track) => trackItem(video, track)), label: `${name} on screen`, colour, kind: 'presence' }));
    if (curves.length) {
      const picture = movementPicture(curves, most, details.bin, video.length);
      const fastest = Math.max(...curves.flatMap((curve) => curve.hands.map((hand) => (hand ? hand.max : 0)))) / 100;
      const box = h('div', { class: 'curve', role: 'img', style: { '--own': colour }, 'aria-label': `Speed of the hands of ${name}: at most ${fastest.toFixed(1)} shoulder widths a second` }, picture);
      box.addEventListener('click', (event) => {
        const area = box.getBoundingClientRect();
        seek(video.start + ((event.clientX - area.left) / area.width) * video.length);
      });
      content.push(box);
    }
    HANDS.forEach((hand, side) => {
      const items = gestures.filter((gesture) => gesture.hand === side).map((gesture) => gestureItem(video, gesture));
      // Both hands have their row as soon as one has a gesture: its place says which hand it is.
      if (gestures.length) content.push(lane({ ...span, items, label: `Gestures of ${name}, ${hand} hand`, colour, kind: 'gestures', snap: true }));
    });
    const facts = [curves.length > 0 && 'hand speed', gestures.length > 0 && several(gestures.length, 'gesture')].filter(Boolean).join(', ');
    add([person ? h('span', { class: 'row-person' }, avatar(person, 'small'), personLink(person)) : h('span', {}, name), facts && h('small', {}, facts)], content);
  }
  const scroller = h('div', { class: 'scroller', tabindex: -1 }, element);
  let zoom = 1;
  const shown = h('span', { class: 'zoom-shown' });
  function magnify(place) {
    zoom = Math.min(Math.max(place, 0), ZOOMS.length - 1);
    const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / Math.max(element.offsetWidth, 1);
    element.style.setProperty('--zoom', ZOOMS[zoom]);
    shown.textContent = `${ZOOMS[zoom]}×`;
    scroller.scrollLeft = middle * element.offsetWidth - scroller.clientWidth / 2;
    const offset = video.start - video.zero;
    const times = axisTimes(offset, video.length, (window.innerWidth < 700 ? 4 : 12) * ZOOMS[zoom]);
    const digits = times.some((time) => time % 1000) ? 1 : 0;
    // The last one's words would not fit beside the edge.
    axis.replaceChildren(...times.map((time) => [time, (time - offset) / Math.max(video.length, 1)]).filter(([, share]) => share <= 1 - (window.innerWidth < 700 ? 0.14 : 0.04) / ZOOMS[zoom])
      .map(([time, share]) => h('span', { style: { left: `${share * 100}%` } }, clock(time, digits))));
  }
  const tools = h('div', { class: 'zoom', role: 'group', 'aria-label': 'Zoom of the timeline' },
    h('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => magnify(zoom - 1) }, '−'), shown,
    h('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => magnify(zoom + 1) }, '+'));
  magnify(0);
  rove(element);
  return {
    element: h('section', { class: 'card flush', 'aria-labelledby': 'timeline-title' },
      h('div', { class: 'card-head' }, h('h2', { id: 'timeline-title' }, 'Timeline'), tools), scroller,
      h('p', { class: 'legend soft' }, 'Click anywhere to play from there; with the keyboard, arrow keys go from one to the next, Enter jumps.',
        groups.some((group) => group.curves.length) && ' Speed of the hands: the left hand’s goes up from the line, the right hand’s down; filled the mean, as a line the peak.',
        video.gestures > 0 && ' Gestures: the left hand’s above, the right hand’s below.',
        video.tracks.some((track) => track.sure < 50) && ' Pale and dashed: who it is, is not sure.')),
    now(ms) {
      const share = Math.min(Math.max((ms - video.start) / Math.max(video.length, 1), 0), 1);
      element.style.setProperty('--now', share);
    },
  };
}

/** All stretches as a table, made when it is opened. */
function asTable(video, seek) {
  const body = h('div');
  const list = () => {
    const rows = lanesOf(video).flatMap((group) => [
      ...group.tracks.map((track) => ({ what: 'on screen', person: group.person, ...track, sure: track.sure })),
      ...group.gestures.map((gesture) => ({ what: `gesture, ${HANDS[gesture.hand]} hand`, ...gesture })),
    ]);
    rows.sort((a, b) => a.start - b.start);
    rows.forEach((row, index) => { row.index = index; });
    const state = { sort: 'start', down: false };
    const show = () => body.replaceChildren(sortableTable({
      caption: `Who is on screen and gestures in ${video.id}`, rows, state, changed: show, what: 'rows',
      columns: [
        { key: 'start', title: 'from', number: true, of: (row) => row.start, cell: (row) => h('button', { type: 'button', class: 'link', onclick: () => seek(row.start) }, clock(row.start - video.zero, 2)) },
        { key: 'length', title: 'lasts', number: true, of: (row) => row.end - row.start, cell: (row) => lasting(row.end - row.start) },
        { key: 'who', title: 'who', of: (row) => (row.person ? names.label(row.person) : ''), cell: (row) => (row.person ? personLink(row.person) : 'no face found') },
        { key: 'what', title: 'what', of: (row) => row.what, cell: (row) => row.what },
        { key: 'start_s', title: 'time_s in the tables', number: true, of: (row) => row.start, cell: (row) => (row.start / 1000).toFixed(3) },
      ],
    }));
    show();
  };
  const details = h('details', { class: 'card' }, h('summary', {}, 'The same as a table'), body);
  details.addEventListener('toggle', () => { if (details.open && !body.firstChild) list(); });
  return details;
}

function videoView(id, query) {
  const video = videoOf.get(id);
  if (!video) return missing(`There is no video ${id} in this corpus.`, href(['videos']), 'All videos');
  const place = (step) => videos[video.index + step];
  const seek = (ms) => {
    player.seek(ms);
    history.replaceState(null, '', momentHref(video, Math.round(ms)));
  };
  const timeline = video.length > 0 ? timelineOf(video, seek) : null;
  const onScreen = h('p', { class: 'on-screen' });
  let shown = null;
  const player = playerOf(video, (ms) => {
    if (timeline) timeline.now(ms);
    const seen = video.people.filter((person) => video.tracks.some((track) => track.person === person && track.start <= ms && ms < track.end));
    const key = seen.map((person) => person.id).join();
    if (key === shown) return;
    shown = key;
    onScreen.replaceChildren(h('span', { class: 'soft' }, 'On screen '), ...(seen.length ? seen.map(personLink) : [video.people.length ? 'nobody found at this moment' : 'nobody found in this video']));
  }, () => route(true));
  const facts = [
    ['Length', lasting(video.length)], ['Picture', video.width ? `${video.width} × ${video.height} pixels` : '–'],
    ['Frames', count(video.n_frames)], ['Shots', count(video.n_shots)], ['People', count(video.people.length)],
    anyGestures && ['Gestures', count(video.gestures)],
    ['File', h('code', {}, video.file || '–')], ['Source', /^https?:\/\//.test(video.source) ? h('a', { href: video.source, rel: 'noreferrer' }, video.source) : h('code', {}, video.source)],
    ...video.own.filter(([, value]) => value !== ''),
  ].filter(Boolean);
  const offset = video.start && video.zero !== 0 ? `Times here are the player’s. In the tables, time_s is ${(video.zero / 1000).toFixed(3)} s more.` : '';
  const element = h('div', { class: 'view video-view' },
    h('div', { class: 'crumbs' }, h('a', { href: href(['videos']) }, 'Videos'), h('span', { class: 'pages' },
      place(-1) && h('a', { href: href(['video', place(-1).id]) }, '← ', place(-1).id), place(1) && h('a', { href: href(['video', place(1).id]) }, place(1).id, ' →'))),
    h('h1', {}, video.id), video.title && h('p', { class: 'lead' }, video.title),
    h('div', { class: 'stage' },
      h('div', {}, player.element, timeline && onScreen),
      h('div', { class: 'card facts' }, h('h2', {}, 'About this video'), h('p', {}, statusBadge(video.status), video.vfr && h('span', { class: 'badge' }, 'varying frame rate')),
        video.reason && h('p', {}, video.reason),
        h('dl', {}, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))), offset && h('p', { class: 'soft' }, offset))),
    timeline && timeline.element,
    video.concerns.length > 0 && concernsCard(video),
    (video.tracks.length > 0 || video.gestures > 0) && asTable(video, seek));
  const at = query.has('t') ? Number(query.get('t')) * 1000 : NaN;
  player.seek(Number.isFinite(at) ? at : Math.max(video.start, video.zero));
  return { title: video.id, element, leave: () => player.stop() };
}
