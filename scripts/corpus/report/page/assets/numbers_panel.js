// The card Numbers on the pages of a person and of a video: rate, handedness and space in short.

/** The context of plots for one person or one video. */
const panelContext = (data, { person, video }) => numbersContext(data, { ...NUMBERS_DEFAULTS, by: person ? 'hand' : 'person', person: person ? person.id : '', video: video ? video.id : '' });

/** One sentence about a person's rows of hand_use and units. */
function useSentence(use, units) {
  const visible = sum(use.map((row) => row.visible));
  if (!visible) return 'Hands never in view.';
  const { left, both, right } = handCounts(units);
  const { index, interval } = handednessOf({ left, both, right });
  const handedness = index === null ? '' : `: left ${formatCount(left)}, both ${formatCount(both)}, right ${formatCount(right)}; handedness ${formatValue(index)}${interval ? ` (95 % interval ${interval.map(formatValue).join(' to ')})` : ''}`;
  return `${formatValue((units.length * 60000) / visible)} gestures per minute in view (${formatCount(units.length)} in ${formatTime(visible)})${handedness}.`;
}

function panelContent(context, { person, video }) {
  if (!context.use.length) return [h('p', { class: 'soft' }, 'There are no numbers about hands: nobody is on screen other than in pictures or as a copy.')];
  const sentences = person ? h('p', {}, useSentence(context.use, context.units))
    : h('ul', { class: 'parts' }, context.use.map((row) => h('li', {}, personLink(row.person), ' ', useSentence([row], context.units.filter((unit) => unit.person === row.person)))));
  return [
    sentences, h('p', { class: 'soft' }, basis(context)), spaceChart(context),
    h('p', {}, h('a', { href: href(['numbers'], person ? { by: 'video', person: person.id } : { video: video.id }) }, 'All plots')),
  ];
}

/** The card about `person` or `video`, or false if the page has no numbers. Its data is loaded when the card comes into view. */
function numbersPanel(subject) {
  if (!corpus.numbers) return false;
  const content = h('div', { class: 'numbers-panel' }, h('p', { class: 'soft' }, 'Loading …'));
  const observer = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    const data = await loadNumbers();
    content.replaceChildren(...(data && data.hasUse ? panelContent(panelContext(data, subject), subject)
      : [h('p', { class: 'soft' }, 'The numbers are in files that are missing beside this page: page/numbers.js and page/gestures.js.')]));
  }, { rootMargin: '300px' });
  observer.observe(content);
  return h('section', { class: 'card', 'aria-labelledby': 'numbers-title' }, h('h2', { id: 'numbers-title' }, 'Numbers'), content);
}
