// The entries of the view Check: what is doubtful, why, and what to do about it.

/**
 * What identifies an entry in later runs, in which numbers and ids may differ: its kind and its moment, with the hand and the end of its gesture
 * or the places of its faces, because several things may begin at one moment.
 */
function entryKey(entry) {
  const faces = entry.faces.length ? entry.faces : entry.about ? entry.about.faces : [];
  const placeOf = ([x1, y1, x2, y2]) => `${Math.round((x1 + x2) / 2)},${Math.round((y1 + y2) / 2)}`;
  const parts = faces.length ? faces.map(({ video, time, box }) => `${video.id} ${time} ${placeOf(box)}`) : [`${entry.video.id} ${entry.time}`];
  const gesture = entry.hand === null ? [] : [HANDS[entry.hand], entry.end];
  return [entry.kind, ...parts, ...gesture, entry.concern, entry.kind === 'cut_off' && entry.number].filter(Boolean).join(' ');
}

/** All entries by rank; the block is parsed on first use. */
const checkEntries = memoize(() => {
  const { counts, entries: columns } = readBlock('to-look-at');
  const kindNames = Object.keys(counts);
  const cell = (name, row) => (columns[name] ? columns[name][row] : null);
  const entries = columns.kind.map((kindIndex, row) => {
    const kind = kindNames[kindIndex];
    const number = cell('number', row);
    const entry = {
      rank: row, kind, number, video: videos[columns.video[row]], time: columns.time[row], seconds: columns.seconds[row], score: columns.score[row],
      gesture: cell('gesture', row), hand: cell('hand', row), end: cell('end', row), percent: cell('percent', row), concern: cell('concern', row),
      person: people[cell('person', row)] || null, faces: (cell('faces', row) || []).map(faceOf),
      about: { twice: overlaps, same: doubts }[kind]?.[number] || null,
    };
    entry.key = entryKey(entry);
    return entry;
  });
  // Two people may do the same thing at the same time.
  const counted = new Map();
  for (const { key } of entries) counted.set(key, (counted.get(key) || 0) + 1);
  for (const entry of entries) if (counted.get(entry.key) > 1) entry.key = `${entry.key} ${entry.person ? entry.person.id : ''}`;
  return { counts, entries };
});

const CHECK_KINDS = {
  twice: 'one person twice at once',
  mixed: 'one person who may be several',
  same: 'two people who may be one',
  another: 'a track that may show somebody else',
  jump: 'jumps of the skeleton',
  unseen: 'gestures that are mostly filled in',
  trunk: 'movements of the trunk alone',
  cut_off: 'cut-off gestures',
  video: 'quality of a video',
};

const nameOf = (person) => (person ? names.label(person) : 'a body without a face');

/** What is doubtful about an entry, in one sentence. */
const STATEMENTS = {
  twice: ({ person, video, about }) => `${nameOf(person)} is on screen twice at the same time in ${video.id}, for ${formatDuration(about.length)}.`,
  mixed: ({ person, number }) => `${countNoun(number, 'face track')} of ${nameOf(person)} are unlike the others.`,
  same: ({ about }) => `${names.label(about.person)} and ${names.label(about.other)} are probably one person (${about.chance}%, ${countNoun(about.tracks, 'face track')}).`,
  another: ({ person, video, faces, percent }) => `A face track of ${nameOf(person)} in ${video.id} rather shows ${nameOf(faces[2].track.person)} (${percent}%).`,
  jump: ({ person, video }) => `The skeleton jumps in a gesture of ${nameOf(person)} in ${video.id}.`,
  unseen: ({ person, video, percent }) => `${percent}% of a gesture of ${nameOf(person)} in ${video.id} is filled in.`,
  trunk: ({ person, video }) => `A gesture of ${nameOf(person)} in ${video.id} may be a movement of the trunk.`,
  cut_off: ({ person, video, number, percent }) => `${countNoun(number, 'gesture')} of ${nameOf(person)} in ${video.id} ${number === 1 ? 'is' : 'are'} cut off (${percent}%).`,
  video: ({ video, concern }) => `${video.id}: ${corpus.concerns[concern].title}${concernValue(video, concern) && `, ${concernValue(video, concern)}`}.`,
};

/** Why it is doubtful, and what to do. */
const REASONS = {
  twice: ({ person }) => `Nobody can be in two places at once. All numbers of ${nameOf(person)}, ${formatDuration(person.length)} on screen, are probably those of two people who have one name. Split one of them off.`,
  mixed: ({ person, seconds }) => `They may show somebody else who was taken for ${nameOf(person)}; ${formatDuration(seconds * 1000)} on screen would then be those of several people. The last face is the best one of ${nameOf(person)}. If others are somebody else, leave these tracks out of the numbers.`,
  same: ({ seconds }) => `Their faces are similar. If they are one person, ${formatDuration(seconds * 1000)} on screen have the wrong name: merge them. If they are two, give both a name, and the next run no longer lists them.`,
  another: ({ seconds, faces }) => `The faces of ${nameOf(faces[2].track.person)} are more similar. If the track shows them, ${formatDuration(seconds * 1000)} have the wrong person: leave this track out of the numbers.`,
  jump: ({ seconds }) => `It moves faster than a body can, so the speed is that of the jump and not of the hand, for ${formatDuration(seconds * 1000)}. Leave the gesture out if the skeleton is on somebody else.`,
  unseen: ({ seconds }) => `The hand was not seen for ${formatDuration(seconds * 1000)} in all; its path there is a straight guess between two positions. Leave the gesture out if the hand does something else.`,
  trunk: ({ seconds }) => `The hand stands still before the background for ${formatDuration(seconds * 1000)} while the shoulders move. Leave it out if it is not a gesture.`,
  cut_off: () => 'The hand comes into view or leaves it, or the shot begins or ends. They last longer than the tables say. Leave them out of mean durations, or treat these durations as lower limits.',
  video: ({ concern }) => corpus.concerns[concern].meaning,
};

/** How often such warnings were right, where this was measured: docs/checking.md. */
const SHARES_RIGHT = {
  twice: '21 of 22 such warnings were right, in labelled films in which two people were given one name.',
  mixed: 'In 70 corpora of labelled clips, 1 person was listed, rightly; 30 others with wrong tracks were not.',
  same: '107 of 131 such warnings were right in photographs, and 45 of 60 in corpora of labelled clips.',
  another: '98 of 107 such warnings were right in labelled clips with errors put in on purpose. Without them, none of 18: the other person was a second part of the same one.',
  jump: '29 of 30 such warnings were right in clips in which the skeleton was moved.',
  cut_off: '10 of 23 such warnings were right in labelled clips.',
};
