// What made all this, and how to read it.

const commitOf = ([version, commit]) => `version ${version}, commit ${commit.slice(0, 12)}`;

/** A step: what made its tables, where they differ what made most of them. */
function madeBy({ step, states, parameters, models, tools }) {
  const listed = (pairs) => h('dl', { class: 'pairs' }, Object.entries(pairs).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, h('code', {}, value === null ? '–' : String(value))))));
  const some = (title, pairs) => Object.keys(pairs).length > 0 && [h('h3', {}, title), listed(pairs)];
  const number = sum(states.map(([, , tables]) => tables));
  const state = states.length > 1 ? several(states.length, 'state', 'states of the workflow') : commitOf(states[0]);
  return h('details', { class: 'card made', 'data-step': step },
    h('summary', {}, h('strong', {}, step), ' ', h('span', { class: 'soft' }, `${number ? several(number, 'table') : 'this page'}, ${state}`)),
    some('Parameters', parameters), some('Models, by sha256', models), some('Tools', tools),
    states.length > 1 && [h('h3', {}, 'States of the workflow'), h('ul', {}, states.map((one) => h('li', {}, `${commitOf(one)}: ${several(one[2], 'table')}`)))]);
}

/** Text in which `names` stand between backticks. */
const withCode = (text) => text.split('`').map((part, place) => (place % 2 ? h('code', {}, part) : part));

function aboutView() {
  const { made, differences, advice, page } = corpus.about;
  const own = { ...page, states: [[page.workflow.version, page.workflow.commit, 0]] };
  const element = h('div', { class: 'view reading' }, h('h1', {}, 'About'),
    h('section', {}, h('h2', {}, 'How to read this page'),
      h('p', {}, 'Everything here comes from the Parquet tables in the folder of the results, where this page is ', h('code', {}, 'report/index.html'), '. The page is one file and loads nothing from a network. Videos play if they lie where the workflow put them.'),
      h('p', {}, 'Times are those that the player shows, here and in most others. In links to a moment, ', h('code', {}, '#/video/interview1?t=3.2'), ', t is the time of the tables, ', h('code', {}, 'time_s'), ': seconds on the container’s own clock, which may start before or after a player’s 0:00.'),
      h('p', {}, 'Speeds of hands are in shoulder widths a second in the picture’s plane, so that people near and far compare. They are means and peaks over parts of the time; the table kinematics has every frame.'),
      h('p', {}, 'A network tells who is who by their faces, and errs. Check before you rely on it.')),
    h('section', {}, h('h2', {}, 'Faces are biometric data'),
      h('p', {}, 'This page says who was where and when. In the EU, biometric data that identify people are a special category of personal data (GDPR, article 9). Have a legal basis, keep the results private, and publish neither this page nor the embeddings. ',
        readBlock('pictures').length ? 'It contains pictures of faces, since report.pictures is true; set it to false and run again, and they are gone.' : 'It contains no pictures of faces.')),
    h('section', {}, h('h2', {}, 'More'), h('p', {}, h('a', { href: 'efficiency.html' }, 'What jobs asked for and used'), ': memory, time and cores of each rule.')),
    h('section', {}, h('h2', {}, 'What made the tables'),
      h('p', {}, `This page was made by ${page.workflow.name} ${page.workflow.version}, commit ${page.workflow.commit}.`),
      differences.length > 0 && h('div', { id: 'differences' }, h('p', { class: 'fault' }, 'Not all videos were analysed alike; below stands what is most frequent. ', withCode(advice)),
        h('ul', {}, differences.map((text) => h('li', {}, withCode(text))))),
      [...made, own].map(madeBy)));
  return { title: 'About', element };
}
