// Points of the map as symbols, or as pixels: for many points, these take a fraction of the time of the canvas's own shapes.

/** Red, green and blue (0 to 255) of a colour as getComputedStyle gives it. */
const rgbOf = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);

/**
 * Draw groups of points as squares onto a canvas, whose content is replaced; `alpha` (0 to 1) is the opacity of a square.
 *
 * A group has `rgb` and `points`, indices in the arrays `x` and `y`. A point is drawn at the pixel (left + x * unit, top - y * unit).
 * Where squares overlap, the later one is over the earlier one, as with globalAlpha of a canvas.
 */
function drawPixels(context, groups, { x, y, unit, left, top, side, alpha }) {
  const { width, height } = context.canvas;
  if (!width || !height) return;
  const image = context.createImageData(width, height);
  const { data } = image;
  for (const { rgb: [red, green, blue], points } of groups) {
    for (const index of points) {
      const fromX = Math.round(left + x[index] * unit - side / 2);
      const fromY = Math.round(top - y[index] * unit - side / 2);
      const [toX, toY] = [Math.min(fromX + side, width), Math.min(fromY + side, height)];
      for (let pixelY = Math.max(fromY, 0); pixelY < toY; pixelY += 1) {
        for (let pixelX = Math.max(fromX, 0); pixelX < toX; pixelX += 1) {
          const at = (pixelY * width + pixelX) * 4;
          // The operator "over" (Porter and Duff 1984, doi:10.1145/964965.808606), with colours not multiplied by their opacity.
          const opacity = alpha + (data[at + 3] / 255) * (1 - alpha);
          const share = alpha / opacity;
          data[at] += (red - data[at]) * share;
          data[at + 1] += (green - data[at + 1]) * share;
          data[at + 2] += (blue - data[at + 2]) * share;
          data[at + 3] = opacity * 255;
        }
      }
    }
  }
  context.putImageData(image, 0, 0);
}

/** Draw groups of points as shapes, which are paths in a box of 10 x 10; `size` is their width in pixels, the rest as for `drawPixels`. */
function drawShapes(context, groups, { x, y, unit, left, top, size }) {
  const { width, height } = context.canvas;
  context.globalAlpha = 0.85;
  for (const group of groups) {
    context.fillStyle = group.colour;
    const shape = new Path2D(group.shape);
    const path = new Path2D();
    for (const index of group.points) {
      const [atX, atY] = [left + x[index] * unit, top - y[index] * unit];
      if (atX < -size || atY < -size || atX > width + size || atY > height + size) continue;
      path.addPath(shape, { a: size / 10, d: size / 10, e: atX - size / 2, f: atY - size / 2 });
    }
    context.fill(path);
  }
}
