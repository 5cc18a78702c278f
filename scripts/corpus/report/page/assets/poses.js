// The poses of gestures, from the side file `gestures` of each video, and how one is drawn.
//
// corpus/similarity/thumbnails.py describes the bytes of the side file, poses.py the points of a pose.

const POSE_POINTS = 29;
const POSE_STEPS = 40;
const MISSING_STEP = -128;
const BONES = [[1, 2], [1, 3], [3, 5], [2, 4], [4, 6], [1, 7], [2, 8], [7, 8]];
/** First finger point of each hand; its wrist is point 5 or 6. Each finger has a joint and a tip. */
const FIRST_FINGER = [9, 19];
const N_FINGERS = 5;
const WRISTS = [5, 6];
/** Least extent that a drawing shows, shoulder widths: left, right, below and above the shoulders. */
const LEAST_BOX = { left: -1.25, right: 1.25, bottom: -1.75, top: 1 };
const HEAD_RADIUS = 0.34;
const KEPT_VIDEOS = 40;

const decodedVideos = new Map();

/** Undo the differences between poses: Int8Array of all coordinates, one pose after another. */
function decodePoses(bytes, nPoses) {
  const width = POSE_POINTS * 2;
  for (let index = width; index < nPoses * width; index += 1) bytes[index] += bytes[index - width];
  return new Int8Array(bytes.buffer, bytes.byteOffset, nPoses * width);
}

function decodeVideoGestures(content) {
  const headLength = new DataView(content).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, headLength)));
  let start = 4 + headLength;
  return new Map(head.gesture.map((number, index) => {
    const nPoses = head.poses[index];
    const length = nPoses * POSE_POINTS * 2;
    const poses = decodePoses(new Uint8Array(content.slice(start, start + length)), nPoses);
    start += length;
    const similar = [];
    for (let at = 0; at < head.similar[index].length; at += 4) {
      const [video, gesture, distance, mirrored] = head.similar[index].slice(at, at + 4);
      similar.push({ video: videoById.get(head.videos[video]), gesture, distance: distance / 1000, mirrored: mirrored === 1 });
    }
    return [number, { ms: head.ms[index], nPoses, poses, similar: similar.filter((other) => other.video) }];
  }));
}

/**
 * A promise of the gestures of a video by number: {ms, nPoses, poses, similar}. The map is empty without a side file. Those of the videos
 * used last are kept.
 */
function drawnGestures(video) {
  let promise = decodedVideos.get(video.id);
  if (!promise) {
    const name = `${video.id}/gestures`;
    promise = corpus.similar ? loadSideFile(name).then((content) => {
      forgetSideFile(name);
      return content ? decodeVideoGestures(content) : new Map();
    }) : Promise.resolve(new Map());
  }
  decodedVideos.delete(video.id);
  decodedVideos.set(video.id, promise);
  if (decodedVideos.size > KEPT_VIDEOS) decodedVideos.delete(decodedVideos.keys().next().value);
  return promise;
}

/** The pose at a share of the gesture (0 to 1), between its neighbours: x and y of each point in shoulder widths, NaN if missing. */
function poseAt({ poses, nPoses }, share) {
  const width = POSE_POINTS * 2;
  const place = share * (nPoses - 1);
  const before = Math.min(Math.floor(place), nPoses - 1);
  const after = Math.min(before + 1, nPoses - 1);
  return Float32Array.from({ length: width }, (_, index) => {
    const [a, b] = [poses[before * width + index], poses[after * width + index]];
    if (a === MISSING_STEP || b === MISSING_STEP) return a === MISSING_STEP ? (b === MISSING_STEP ? NaN : b / POSE_STEPS) : a / POSE_STEPS;
    return (a + (b - a) * (place - before)) / POSE_STEPS;
  });
}

/** The box that holds all wrists and fingers of a gesture, at least LEAST_BOX. */
function boxOf({ poses, nPoses }) {
  const box = { ...LEAST_BOX };
  for (let pose = 0; pose < nPoses; pose += 1) {
    for (let point = WRISTS[0]; point < POSE_POINTS; point += 1) {
      if (point === 7 || point === 8) continue;
      const at = (pose * POSE_POINTS + point) * 2;
      if (poses[at] === MISSING_STEP) continue;
      const [x, y] = [poses[at] / POSE_STEPS, poses[at + 1] / POSE_STEPS];
      box.left = Math.min(box.left, x - 0.1);
      box.right = Math.max(box.right, x + 0.1);
      box.bottom = Math.min(box.bottom, y - 0.1);
      box.top = Math.max(box.top, y + 0.1);
    }
  }
  return box;
}

/** Draw a gesture at a share of its time: the body, and the path of `hand` (0 left, 1 right) until then in the colour of the canvas. */
function drawGesture(canvas, drawn, hand, share) {
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  const box = drawn.box || (drawn.box = boxOf(drawn));
  const scale = Math.min(width / (box.right - box.left), height / (box.top - box.bottom));
  const x = (value) => width / 2 + (value - (box.left + box.right) / 2) * scale;
  const y = (value) => height / 2 - (value - (box.top + box.bottom) / 2) * scale;
  const pose = poseAt(drawn, share);
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, width, height);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  const stroke = (colour, thickness, points) => {
    const known = points.filter(([a, b]) => !Number.isNaN(a) && !Number.isNaN(b));
    if (known.length < 2) return;
    context.strokeStyle = colour;
    context.lineWidth = Math.max(thickness * scale, 1);
    context.beginPath();
    known.forEach(([a, b], index) => (index ? context.lineTo(x(a), y(b)) : context.moveTo(x(a), y(b))));
    context.stroke();
  };
  const point = (index, of = pose) => [of[index * 2], of[index * 2 + 1]];
  const body = style.getPropertyValue('--edge');
  for (const [a, b] of BONES) if (!Number.isNaN(pose[a * 2]) && !Number.isNaN(pose[b * 2])) stroke(body, 0.07, [point(a), point(b)]);
  const [headX, headY] = point(0);
  if (!Number.isNaN(headX)) {
    context.strokeStyle = body;
    context.lineWidth = Math.max(0.06 * scale, 1);
    context.beginPath();
    context.arc(x(headX), y(headY), HEAD_RADIUS * scale, 0, 2 * Math.PI);
    context.stroke();
  }
  const trail = Array.from({ length: drawn.nPoses }, (_, index) => point(WRISTS[hand], poseAt(drawn, index / Math.max(drawn.nPoses - 1, 1))));
  const done = Math.floor(share * (drawn.nPoses - 1)) + 1;
  context.globalAlpha = 0.3;
  stroke(style.color, 0.03, trail);
  context.globalAlpha = 1;
  stroke(style.color, 0.05, [...trail.slice(0, done), point(WRISTS[hand])]);
  FIRST_FINGER.forEach((first, side) => {
    const colour = side === hand ? style.color : body;
    for (let finger = 0; finger < N_FINGERS; finger += 1) {
      stroke(colour, 0.04, [point(WRISTS[side]), point(first + finger * 2), point(first + finger * 2 + 1)]);
    }
  });
}
