// Comparison of texts as people type them: without case and accents.

const withoutAccents = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether the text contains every word of the query; case and accents are ignored. */
function matches(query, text) {
  const haystack = withoutAccents(text);
  return withoutAccents(query).split(/\s+/).every((word) => haystack.includes(word));
}

/** Number of inserted, deleted, replaced and swapped characters between two texts (optimal string alignment). */
function editDistance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = rows[i - 1][j - 1] + Number(a[i - 1] !== b[j - 1]);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced, isSwap ? rows[i - 2][j - 2] + 1 : Infinity);
    }
  }
  return rows[a.length][b.length];
}

/** The candidate that was probably meant by a mistyped text, or undefined. */
function closestText(text, candidates) {
  const [best] = candidates.map((candidate) => [candidate, editDistance(text.toLowerCase(), candidate.toLowerCase())]).sort((a, b) => a[1] - b[1]);
  const isClose = best && best[1] <= Math.max(1, Math.floor(text.length / 3));
  return isClose ? best[0] : candidates.find((candidate) => text.length > 1 && candidate.toLowerCase().startsWith(text.toLowerCase()));
}
