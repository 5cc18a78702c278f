// What may need a look before numbers are relied on, worst first.

function figureOf(video, code) {
  const name = corpus.concerns[code].figure;
  const value = name ? video[name] : null;
  if (value === null || value === undefined) return '';
  if (name.endsWith('_ms')) return lasting(value);
  return name === 'backwards' ? count(value) : percent(value);
}

const level = (code) => ({ unavailable: 'bad', no_video: 'bad', truncated: 'bad', damaged: 'bad', backwards: 'bad', vfr: 'note', late: 'note', bodies: 'note' })[code] || 'look';
const levelWord = { bad: 'grave', look: 'look', note: 'to know' };

const concernBadge = (video, code) =>
  h('span', { class: `badge ${level(code)}` }, corpus.concerns[code].title, figureOf(video, code) && h('b', {}, ` ${figureOf(video, code)}`));

function concernsCard(video) {
  return h('section', { class: 'card' }, h('h2', {}, 'To look at'),
    h('dl', { class: 'meanings' }, video.concerns.map((code) => h('div', {}, h('dt', {}, concernBadge(video, code)), h('dd', {}, corpus.concerns[code].meaning)))));
}

/** A share as a bar and in words. */
function share(value) {
  return h('span', { class: 'share' }, h('i', { 'aria-hidden': 'true', style: { '--share': value || 0 } }), h('span', {}, percent(value)));
}

function qualityView(query) {
  const asked = { concern: query.get('concern') || '', sort: query.get('sort') || 'weight', down: query.get('down') !== '0' };
  const state = { sort: asked.sort, down: asked.down };
  const result = h('div', { class: 'result' });
  const told = h('p', { class: 'soft told' });
  const fine = videos.filter((video) => !video.concerns.length).length;
  const sharesOf = [
    ['nobody', 'searched frames with nobody'], ['faceless_frames', 'frames without a face'],
    ['low_score', 'doubtful faces'], ['unsure', 'seconds of unsure identity'],
  ];
  function show(sorted) {
    history.replaceState(null, '', href(['quality'], { concern: asked.concern, sort: state.sort === 'weight' ? '' : state.sort, down: state.down ? '' : '0' }));
    const rows = videos.filter((video) => !asked.concern || video.concerns.includes(asked.concern));
    told.textContent = `${several(rows.length, 'video')}${asked.concern ? ` with: ${corpus.concerns[asked.concern].title}` : ''}`;
    result.replaceChildren(sortableTable({
      caption: 'Quality of each video', rows, state, changed: show, what: 'videos',
      columns: [
        { key: 'id', title: 'video', class: 'name', of: (video) => video.id, cell: (video) => h('a', { href: href(['video', video.id]) }, video.id) },
        { key: 'weight', title: 'to look at', number: true, class: 'badges', of: (video) => video.weight, cell: (video) => (video.concerns.length ? video.concerns.map((code) => concernBadge(video, code)) : h('span', { class: 'soft' }, 'nothing')) },
        ...sharesOf.map(([key, title]) => ({ key, title, number: true, of: (video) => video[key], cell: (video) => share(video[key]) })),
        { key: 'reason', title: 'reason', class: 'text', of: (video) => video.reason || '', cell: (video) => video.reason || '' },
      ],
    }));
    say(told.textContent);
    if (sorted) result.querySelector(`[data-sort="${sorted}"]`).focus();
  }
  const kinds = Object.entries(corpus.concerns).map(([code, concern]) => [code, concern, videos.filter((video) => video.concerns.includes(code)).length]).filter(([, , number]) => number);
  const element = h('div', { class: 'view' }, h('h1', {}, 'Quality'),
    h('p', { class: 'lead' }, kinds.length ? `${count(videos.length - fine)} of ${several(videos.length, 'video')} may need a look, the worst first.` : 'Nothing stands out.'),
    kinds.length > 0 && h('section', { class: 'card' }, h('h2', {}, 'What it means'),
      h('dl', { class: 'meanings' }, kinds.map(([code, concern, number]) => h('div', {},
        h('dt', {}, h('span', { class: `badge ${level(code)}` }, concern.title), h('small', {}, `${levelWord[level(code)]}, ${several(number, 'video')}`)), h('dd', {}, concern.meaning))))),
    h('form', { class: 'filters', onsubmit: (event) => event.preventDefault() },
      field('Show', choice([['', 'all videos'], ...kinds.map(([code, concern, number]) => [code, `${concern.title} (${number})`])], asked.concern, (value) => { asked.concern = value; show(); }))),
    told, result);
  show();
  return { title: 'Quality', element };
}
