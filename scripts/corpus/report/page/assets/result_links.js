// Links to files of the results, such as ELAN files and exports, and to views of this page.
//
// The side file `files` says which files exist. It is written at the end of each run, so that the
// page links to exports that were made after it.

const resultFiles = memoize(() => (corpus.files ? loadJsonSideFile('files') : Promise.resolve(null)));

const VIDEO_FILE_TEXTS = {
  'elan/{video}.eaf': ['ELAN file', 'shots, people and gestures, to annotate'],
  'exports/textgrid/{video}.TextGrid': ['TextGrid', 'for Praat'],
  'exports/overlay/{video}.mp4': ['Overlay video', 'with skeletons, names and a timeline'],
  'exports/skeleton/{video}.mp4': ['Skeleton video', 'shows only the skeletons'],
  'exports/blurred/{video}.mp4': ['Blurred video', 'with covered faces'],
  'exports/playable/{video}.mp4': ['Playable video', 'H.264, for browsers'],
  'exports/openpose/{video}.zip': ['OpenPose', 'keypoints as JSON files'],
  'exports/pose/{video}.pose': ['.pose file', 'keypoints for sign language tools'],
};
const CORPUS_FILE_TEXTS = {
  'report/methods.html': ['Methods section', 'for your paper, with versions, models and settings'],
  'report/methods.md': ['Methods section as Markdown', ''],
  'report/references.bib': ['References of the methods section', 'BibTeX'],
  'report/workflow.html': ['Snakemake’s report', 'steps, run times and plots'],
  'report/workflow.zip': ['Snakemake’s report', 'steps, run times and plots; unpack it first'],
  'report/efficiency.html': ['Resources requested and used', 'memory, time and CPU cores of the jobs of each rule'],
  'report/agreement.html': ['Agreement', 'of coders and the workflow'],
  'report/corpus.tsv': ['Videos as a table', ''],
  'report/coverage.svg': ['Plot of coverage', 'share of frames with faces, bodies and hands'],
  'report/funnel.svg': ['Plot of the stages', 'how many videos remain after each'],
  'report/people.svg': ['Plot of people', 'how long each is on screen'],
  'people.tsv': ['Template for naming people', ''],
};
const VIEWED = /\.(html|svg|mp4)$/;

/** The address of a file of the results, which works wherever the results folder lies. */
const resultHref = (path) => `../${path.split('/').map(encodeURIComponent).join('/')}`;

/** The name of a downloaded file. All tables of a video have the same name, each in the folder of its table. */
function downloadName(path) {
  const parts = path.split('/');
  const name = parts.at(-1);
  return path.startsWith('exports/csv/') && parts.length > 3 ? name.replace(/\.csv$/, `_${parts[2]}.csv`) : name;
}

/** A link to a file of the results. Files that browsers do not show are downloaded. */
function resultLink(path, text) {
  return h('a', { href: resultHref(path), download: !VIEWED.test(path) && downloadName(path) }, text);
}

/** The target that makes a file again on request. */
function targetOf(path) {
  const [folder, kind] = path.split('/');
  if (folder === 'report') return 'agreement';
  return { overlay: 'overlays', skeleton: 'skeletons' }[kind] || kind;
}

/** The mark of a file that was made before tables changed, for example before people were named. */
function outdatedMark(files, path) {
  if (!(files.outdated || []).includes(path)) return null;
  return h('span', { class: 'outdated-file', 'data-target': targetOf(path) }, ' (made before the results changed)');
}

/** How to make the marked files of a list again; null without any. */
function outdatedHint(list) {
  const targets = [...new Set([...list.querySelectorAll('[data-target]')].map((mark) => mark.dataset.target))].sort();
  return targets.length > 0 && h('p', {}, 'Files that were made before the results changed, for example before people were named, still show what was known then. To make them again, ', howToMake(targets.join(' ')), '.');
}

/** Items of a list with links: a text, and what it is. */
function fileItem(files, path, [text, meaning]) {
  return h('li', {}, resultLink(path, text), meaning && h('span', { class: 'soft' }, `, ${meaning}`), outdatedMark(files, path));
}

/** An item with links to several CSV files. */
function csvItem(files, paths, nameOf, title) {
  const links = paths.flatMap((path, index) => [index > 0 && ', ', resultLink(path, nameOf(path))]);
  const outdated = paths.find((path) => (files.outdated || []).includes(path));
  return paths.length > 0 && h('li', {}, `${title}: `, links, outdated && outdatedMark(files, outdated));
}

/** Items for the existing files about one video; `only` chooses paths with {video}. */
function videoFileItems(files, video, only = () => true) {
  const paths = Object.keys(files.video).filter((path) => only(path) && (files.video[path] === true || files.video[path].includes(video.id)));
  const of = (path) => path.replace('{video}', video.id);
  const named = Object.keys(VIDEO_FILE_TEXTS).filter((path) => paths.includes(path));
  const tables = paths.filter((path) => path.startsWith('exports/csv/')).map(of);
  return [...named.map((path) => fileItem(files, of(path), VIDEO_FILE_TEXTS[path])), csvItem(files, tables, (path) => path.split('/')[2], 'Tables as CSV')].filter(Boolean);
}

/** Items for the existing files about the corpus. */
function corpusFileItems(files) {
  const named = Object.keys(CORPUS_FILE_TEXTS).filter((path) => files.corpus.includes(path));
  const tables = files.corpus.filter((path) => path.startsWith('exports/csv/'));
  return [...named.map((path) => fileItem(files, path, CORPUS_FILE_TEXTS[path])), csvItem(files, tables, (path) => path.split('/')[2].replace('.csv', ''), 'Tables as CSV')].filter(Boolean);
}

/** A section with a list of files. It stays hidden if there are none. A list that is longer than `most` is folded; `summaryOf` its length is the text to unfold it. */
function filesSection(title, itemsOf, { level = 'h2', hint = null, most = Infinity, summaryOf = String } = {}) {
  const list = h('ul', { class: 'result-files' });
  const section = h('section', { class: 'card files-card', hidden: true }, h(level, {}, title), list, hint && h('p', { class: 'soft' }, hint));
  resultFiles().then((files) => {
    if (!files) return;
    const items = itemsOf(files);
    list.replaceChildren(...items);
    if (items.length > most) {
      const details = h('details', {}, h('summary', {}, summaryOf(items.length)));
      list.replaceWith(details);
      details.append(list);
      list.classList.add('in-columns');
    }
    const outdated = outdatedHint(section);
    if (outdated) section.append(outdated);
    section.hidden = !items.length;
  });
  return section;
}

/** How to make the files of a target: the command of the last run with this target, if it is known. */
function howToMake(target) {
  const text = h('span', {}, 'name the target ', h('code', {}, target), ' in the command of your run');
  resultFiles().then((files) => {
    if (files && files.run_options) text.replaceChildren('run ', h('code', {}, `snakemake ${target} ${files.run_options}`));
  });
  return text;
}

const exportHint = () => ['More can be exported: ', howToMake('csv'), ', or another target such as ', h('code', {}, 'overlays'), ' or ', h('code', {}, 'textgrid'), '. The links appear here when you reload the page.'];

const videoFilesCard = (video) => filesSection('Files', (files) => videoFileItems(files, video), { hint: exportHint() });
const corpusFilesCard = () => filesSection('Files of the corpus', corpusFileItems);

/** ELAN files and overlays of the videos that show a person; of very many videos, the first ones. */
function personFilesCard(person, mostVideos = 200) {
  const shown = [...person.videos].sort((a, b) => a.index - b.index).slice(0, mostVideos);
  const only = (path) => path.startsWith('elan/') || path.startsWith('exports/overlay/');
  const rest = person.videos.length - shown.length;
  return filesSection('Files of these videos', (files) => shown.map((video) => {
    const links = videoFileItems(files, video, only).flatMap((item, index) => [index > 0 && ', ', item.firstChild, item.querySelector('.outdated-file')]);
    return links.length > 0 && h('li', {}, h('a', { href: href(['video', video.id]) }, video.id), ': ', links);
  }).filter(Boolean), {
    hint: rest > 0 && `${countNoun(rest, 'more video')}: their pages have the links.`,
    most: 4,
    summaryOf: (n) => `ELAN files and overlays of ${countNoun(n, 'video')}`,
  });
}

/** A button that copies the address of a view, `hashOf()`; where the browser forbids it, the address is shown. */
function copyLinkButton(hashOf, what) {
  const box = h('span', { class: 'copy-link' });
  const button = h('button', { type: 'button', class: 'quiet', 'aria-label': `Copy the link to ${what}` }, 'Copy link');
  const showAddress = (address) => {
    const input = h('input', { type: 'text', readonly: true, value: address, 'aria-label': `Link to ${what}` });
    box.append(input);
    input.select();
    announce('The browser does not copy. The address is selected: press Ctrl+C.');
  };
  button.addEventListener('click', async () => {
    const address = location.href.replace(/#.*$/, '') + hashOf();
    for (const old of box.querySelectorAll('input')) old.remove();
    try {
      await navigator.clipboard.writeText(address);
      announce(`The link to ${what} was copied.`);
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy link'; }, 2000);
    } catch {
      showAddress(address);
    }
  });
  box.append(button);
  return box;
}
