// The rows of a video's timeline: shots, people on screen, movement and gestures.

/** Tracks, speed curves and gestures of each person in a video; last, the gestures of bodies without a face. */
function timelineGroups(video) {
  const details = detailsOf(video);
  const gestures = details.gestures.start.map((start, row) => ({
    gesture: details.gestures.gesture[row], start, end: details.gestures.end[row], hand: details.gestures.hand[row], notes: details.gestures.notes[row],
    peak: details.gestures.peak[row] === null ? null : details.gestures.peak[row] / 100,
    person: details.gestures.cluster[row] < 0 ? null : clusters[details.gestures.cluster[row]].person,
  }));
  const groups = video.people.map((person) => ({
    person,
    tracks: tracksOf(video, person),
    curves: details.curves.filter((curve) => clusters[curve.cluster].person === person),
    gestures: gestures.filter((gesture) => gesture.person === person),
  }));
  const withoutFace = gestures.filter((gesture) => !gesture.person);
  if (withoutFace.length) groups.push({ person: null, tracks: [], curves: [], gestures: withoutFace });
  return groups;
}

/** Call `choose` with the time at the mouse when `element`, which spans the video, is clicked. */
function chooseOnClick(element, video, choose) {
  element.addEventListener('click', (event) => {
    const box = element.getBoundingClientRect();
    choose(video.start + ((event.clientX - box.left) / box.width) * video.length, null, event);
  });
}

function timelineRow(label, content) {
  return h('div', { class: 'row' }, h('div', { class: 'row-name' }, label), h('div', { class: 'row-time' }, content));
}

/** The speed curves of one person. */
function curveBox(video, { name, colour, curves, maxSpeed, choose }) {
  const picture = movementPicture(curves, maxSpeed, detailsOf(video).bin, video.length);
  const fastest = Math.max(...maxSpeedOf(curves)) / 100;
  const box = h('div', { class: 'curve', role: 'img', style: { '--person': colour }, 'aria-label': `Hand speed of ${name}: maximum ${fastest.toFixed(1)} shoulder widths per second` }, picture);
  chooseOnClick(box, video, choose);
  return box;
}

/** The timeline row of one person, or of all bodies without a face. */
function personRow(video, group, { maxSpeed, choose }) {
  const { person, tracks: personTracks, curves, gestures } = group;
  const name = person ? names.label(person) : 'No face found';
  const colour = colourOf(person);
  const laneOptions = { from: video.start, length: video.length, onpick: choose, colour };
  const content = [];
  if (personTracks.length) content.push(lane({ ...laneOptions, items: personTracks.map((track) => trackItem(video, track)), label: `${name} on screen`, kind: 'presence' }));
  if (curves.length) content.push(curveBox(video, { name, colour, curves, maxSpeed, choose }));
  HANDS.forEach((hand, side) => {
    const items = gestures.filter((gesture) => gesture.hand === side).map((gesture) => gestureItem(video, gesture));
    // Both hands get a lane as soon as one has a gesture: the upper lane is always the left hand.
    if (gestures.length) content.push(lane({ ...laneOptions, items, label: `Gestures of ${name}, ${hand} hand`, kind: 'gestures', snap: true }));
  });
  const summary = [curves.length > 0 && 'hand speed', gestures.length > 0 && countNoun(gestures.length, 'gesture')].filter(Boolean).join(', ');
  const label = person ? h('span', { class: 'row-person' }, avatar(person, 'small'), personLink(person)) : h('span', {}, name);
  return timelineRow([label, summary && h('small', {}, summary)], content);
}

function timelineLegend(video, groups) {
  return h('p', { class: 'legend soft' }, 'Click to play: a gesture or a shot once, anything else from that moment on. With Shift, playing goes on after the end of the piece. With the keyboard, arrow keys move between intervals and Enter plays the selected one.',
    groups.some((group) => group.curves.length) && ' Hand speed: left hand above the middle line, right hand below; the filled area is the mean, the line the peak.',
    video.gestures > 0 && ' Gesture units, from rest to rest: left hand in the upper lane, right hand in the lower lane.',
    laneLegend(video.tracks));
}
