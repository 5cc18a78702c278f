// The intervals of timelines: their texts, styles and legend.

const HANDS = ['left', 'right'];
const KIND_NAMES = { person: '', picture: 'in a picture', copy: 'as a copy' };
/** What a track shows, for lists: on screen, on screen in a picture, on screen as a copy. */
const presenceText = (track) => ['on screen', KIND_NAMES[track.kind]].filter(Boolean).join(' ');

/** A face track as an item of a lane. */
function trackItem(video, track) {
  const name = `${names.label(track.person)}${track.kind === 'person' ? '' : ` (${KIND_NAMES[track.kind]})`}`;
  return { start: track.start, end: track.end, style: track.kind === 'person' ? 'filled' : 'still',
    text: `${name} on screen ${formatClock(track.start - video.zero)} to ${formatClock(track.end - video.zero)}` };
}

/** What is noted on a gesture, from the lowest binary digit on: GESTURE_NOTES in video_data.py. */
const GESTURE_NOTES = ['begins out of view', 'ends out of view', 'the skeleton jumps to another body', 'only the trunk moves'];

/** The highest speed of a gesture in words; null if it lies where the hand is not seen (docs/gestures.md). */
const peakText = (peak) => (peak === null ? 'not known, since the hand is fastest where it is not seen' : `${peak.toFixed(1)} shoulder widths per second`);

/** A gesture unit as an item of a lane. */
function gestureItem(video, gesture) {
  const who = gesture.person ? names.label(gesture.person) : 'a person without a face';
  const notes = GESTURE_NOTES.filter((_, digit) => gesture.notes & (1 << digit));
  return { ...gesture,
    text: [`Gesture unit, ${HANDS[gesture.hand]} hand of ${who}, at ${formatClock(gesture.start - video.zero)} for ${formatDuration(gesture.end - gesture.start)}`, `peak speed ${peakText(gesture.peak)}`, ...notes].join(', ') };
}

/** The shots of a video as items of a lane, numbered from 0 as in the tables; the text names a gradual transition with which a shot begins. */
function shotItems(video) {
  const { shots, transitions } = detailsOf(video);
  const ends = [...shots.slice(1), video.end];
  const note = (transition) => (['dissolve', 'fade', 'wipe'].includes(transition) ? `, begins with a ${transition}` : '');
  return shots.map((start, shot) => ({ start, end: ends[shot], text: `Shot ${shot}, ${formatClock(start - video.zero)} to ${formatClock(ends[shot] - video.zero)}${note(transitions[shot])}` }));
}

/** What the styles of intervals mean, as far as these tracks have them. */
function laneLegend(shownTracks) {
  return shownTracks.some((track) => track.kind !== 'person') && ' Outlined: a picture of the person, or a copy on another screen.';
}
