// The view Quality: videos to check before their numbers are used, most serious first.

/** The measured value of a concern in a video, as text; empty if the concern has no value. */
function concernValue(video, code) {
  const name = corpus.concerns[code].figure;
  const value = name ? video[name] : null;
  if (value === null || value === undefined) return '';
  if (name.endsWith('_ms')) return formatDuration(value);
  return ['backwards', 'clock_jumps', 'n_sizes', 'combed_frames'].includes(name) ? formatCount(value) : formatPercent(value);
}

const severity = (code) => ({ unavailable: 'bad', pending: 'bad', no_video: 'bad', truncated: 'bad', twice: 'bad', damaged: 'bad', backwards: 'bad', sizes: 'note', pictures: 'note', vfr: 'note', late: 'note', bodies: 'note' })[code] || 'check';
const SEVERITY_LABELS = { bad: 'serious', check: 'check', note: 'note' };

const concernBadge = (video, code) =>
  h('span', { class: `badge ${severity(code)}` }, corpus.concerns[code].title, concernValue(video, code) && h('b', {}, ` ${concernValue(video, code)}`));

function concernsCard(video) {
  return h('section', { class: 'card' }, h('h2', {}, 'Quality concerns'),
    h('dl', { class: 'meanings' }, video.concerns.map((code) => h('div', {}, h('dt', {}, concernBadge(video, code)), h('dd', {}, corpus.concerns[code].meaning)))));
}

/** A share as a bar and a percentage. */
function shareBar(value) {
  return h('span', { class: 'share' }, h('i', { 'aria-hidden': 'true', style: { '--share': value || 0 } }), h('span', {}, formatPercent(value)));
}

const SHARE_COLUMNS = [
  ['nobody', 'searched frames without a body'], ['faceless_frames', 'frames without a face'],
  ['low_score', 'uncertain faces'], ['unsure', 'seconds of uncertain identity'],
];

function qualityColumns() {
  return [
    { key: 'id', title: 'video', class: 'name', of: (video) => video.id, cell: (video) => h('a', { href: href(['video', video.id]) }, video.id) },
    { key: 'weight', title: 'concerns', number: true, class: 'badges', of: (video) => video.weight, cell: (video) => (video.concerns.length ? video.concerns.map((code) => concernBadge(video, code)) : h('span', { class: 'soft' }, 'none')) },
    ...SHARE_COLUMNS.map(([key, title]) => ({ key, title, number: true, of: (video) => video[key], cell: (video) => shareBar(video[key]) })),
    { key: 'reason', title: 'reason', class: 'text', of: (video) => video.reason || '', cell: (video) => video.reason || '' },
  ];
}

function qualityView(query) {
  const filters = { concern: query.get('concern') || '' };
  const state = { sort: query.get('sort') || 'weight', down: query.get('down') !== '0' };
  const result = h('div', { class: 'result' });
  const resultCount = h('p', { class: 'soft result-count' });
  function show(sortedKey) {
    history.replaceState(null, '', href(['quality'], { concern: filters.concern, sort: state.sort === 'weight' ? '' : state.sort, down: state.down ? '' : '0' }));
    const rows = videos.filter((video) => !filters.concern || video.concerns.includes(filters.concern));
    resultCount.textContent = `${countNoun(rows.length, 'video')}${filters.concern ? ` with the concern “${corpus.concerns[filters.concern].title}”` : ''}`;
    result.replaceChildren(sortableTable({ caption: 'Quality of each video', columns: qualityColumns(), rows, state, onsort: show, noun: 'videos', stacked: true }));
    announce(resultCount.textContent);
    if (sortedKey) result.querySelector(`[data-sort="${sortedKey}"]`).focus();
  }
  const nFine = videos.filter((video) => !video.concerns.length).length;
  const occurring = Object.entries(corpus.concerns).map(([code, concern]) => [code, concern, videos.filter((video) => video.concerns.includes(code)).length]).filter(([, , number]) => number);
  const element = h('div', { class: 'view' }, h('div', { class: 'crumbs' }, h('a', { href: href(['check']) }, 'To look at')), h('h1', {}, 'Quality'),
    h('p', { class: 'lead' }, occurring.length ? `Check ${formatCount(videos.length - nFine)} of ${countNoun(videos.length, 'video')} before you use their numbers. The most serious come first.` : 'There are no quality concerns about videos.'),
    occurring.length > 0 && h('section', { class: 'card' }, h('h2', {}, 'Meaning of the concerns'),
      h('dl', { class: 'meanings' }, occurring.map(([code, concern, number]) => h('div', {},
        h('dt', {}, h('span', { class: `badge ${severity(code)}` }, concern.title), h('small', {}, `${SEVERITY_LABELS[severity(code)]}, ${countNoun(number, 'video')}`)), h('dd', {}, concern.meaning))))),
    h('form', { class: 'filters', onsubmit: (event) => event.preventDefault() },
      field('Show', selectBox([['', 'all videos'], ...occurring.map(([code, concern, number]) => [code, `${concern.title} (${number})`])], filters.concern, (value) => { filters.concern = value; show(); }))),
    resultCount, result);
  show();
  return { title: 'Quality', element };
}
