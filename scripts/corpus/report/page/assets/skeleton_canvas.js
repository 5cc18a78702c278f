// Draw skeletons, face boxes and names on a canvas over the playing video, as overlay videos show them
// (scripts/corpus/overlay/skeleton_drawing.py).

const FACELESS_COLOUR = '#bebebe';

/** Draw a line through each pair of points, first all dark rims, so that any background shows the colour. */
function drawLines(context, segments, colour, width) {
  for (const [style, lineWidth] of [['#000', width + 2], [colour, width]]) {
    context.strokeStyle = style;
    context.lineWidth = lineWidth;
    context.beginPath();
    for (const [start, end] of segments) {
      context.moveTo(...start);
      context.lineTo(...end);
    }
    context.stroke();
  }
}

function drawDots(context, points, colour, radius) {
  for (const [style, size] of [['#000', radius + 1], [colour, radius]]) {
    context.fillStyle = style;
    context.beginPath();
    for (const [x, y] of points) {
      context.moveTo(x + size, y);
      context.arc(x, y, size, 0, 2 * Math.PI);
    }
    context.fill();
  }
}

/** Write a text on a coloured box whose left edge is at x and bottom at y, moved into the picture. */
function drawLabel(context, text, [x, y], colour, size, [width, height]) {
  context.font = `600 ${size}px system-ui, sans-serif`;
  const margin = size / 3;
  const boxWidth = context.measureText(text).width + 2 * margin;
  const boxHeight = size + margin;
  const left = Math.max(0, Math.min(x, width - boxWidth));
  const top = Math.max(0, Math.min(y - boxHeight, height - boxHeight));
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(left, top, boxWidth, boxHeight, margin);
  context.fill();
  context.fillStyle = '#000';
  context.textBaseline = 'middle';
  context.fillText(text, left + margin, top + boxHeight / 2);
}

/** Where the name of a person stands: above the face, the head or the highest point of the body. */
function namePosition({ face, pose }, headSize) {
  const visible = (points) => points.filter(Boolean);
  if (face) return [face[0][0], face[0][1]];
  if (!pose) return null;
  const head = visible(pose.slice(0, headSize));
  const points = head.length ? head : visible(pose);
  return [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
}

/** Draw one person. `parts` are points in CSS pixels by part, `shown` is a set of what is drawn. */
function drawSkeleton(context, parts, { index, shown, colour, label, size }) {
  const line = Math.max(1, Math.min(...size) / 270);
  const linesOf = (points, pairs) => pairs.filter(([a, b]) => points[a] && points[b]).map(([a, b]) => [points[a], points[b]]);
  if (shown.has('body') && parts.pose) {
    drawLines(context, linesOf(parts.pose, index.lines.pose), colour, line + 1);
    drawDots(context, parts.pose.slice(index.head).filter(Boolean), colour, line + 1);
  }
  for (const hand of shown.has('hands') ? ['left_hand', 'right_hand'] : []) {
    if (!parts[hand]) continue;
    drawLines(context, linesOf(parts[hand], index.lines.hand), colour, line);
    drawDots(context, parts[hand].filter(Boolean), '#fff', Math.max(1, line - 0.5));
  }
  if (shown.has('body') && parts.pose) {
    for (const [side, wrist] of Object.entries(index.wrists)) {
      const point = parts.pose[wrist];
      if (point) drawLabel(context, side, [point[0] + 4 * line, point[1] + 6 * line], colour, Math.max(8, 7 * line), size);
    }
  }
  if (shown.has('faces') && parts.face) {
    const [[left, top], [right, bottom]] = parts.face;
    const corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
    drawLines(context, corners.map((corner, number) => [corner, corners[(number + 1) % 4]]), colour, line);
  }
  const position = shown.has('names') && label && namePosition(parts, index.head);
  if (position) drawLabel(context, label, [position[0], position[1] - 2 * line], colour, Math.max(11, 8 * line), size);
}

/**
 * A canvas that fills `overlay`, which lies exactly over the picture; `draw(frame, options)` draws on it.
 *
 * `canvas.drawn` says what is drawn: the number of the frame in the video, its time (ms), and points
 * in pixels of the picture by track and part.
 */
function createSkeletonCanvas(overlay) {
  const canvas = h('canvas', { class: 'skeletons', 'aria-hidden': 'true' });
  overlay.classList.add('over-video');
  overlay.append(canvas);
  const context = canvas.getContext('2d');
  function clear() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [overlay.clientWidth, overlay.clientHeight];
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) [canvas.width, canvas.height] = [pixelWidth, pixelHeight];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    canvas.drawn = null;
    return [width, height];
  }
  return {
    element: canvas,
    clear,
    /** `frame` has {number, time, people}: points in picture pixels by track and part. `person(track)` returns {colour, label, hidden}. */
    draw(frame, { index, shown, person }) {
      const size = clear();
      const [scaleX, scaleY] = [size[0] / index.width, size[1] / index.height];
      const drawn = {};
      for (const [track, parts] of frame.people) {
        const { colour, label, hidden } = person(track);
        if (hidden) continue;
        const scaled = Object.fromEntries(Object.entries(parts).map(([part, points]) => [part, points.map((point) => point && [point[0] * scaleX, point[1] * scaleY])]));
        drawSkeleton(context, scaled, { index, shown, colour, label, size });
        drawn[track] = parts;
      }
      canvas.drawn = { frame: frame.number, time: frame.time, people: drawn };
    },
  };
}
