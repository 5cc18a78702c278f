// The view About: how to read the page, and how its tables were made.

const versionText = ([version, commit]) => `version ${version}, commit ${commit.slice(0, 12)}`;

function listOfPairs(title, pairs) {
  const rows = Object.entries(pairs).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, h('code', {}, value === null ? '–' : String(value)))));
  return rows.length > 0 && [h('h3', {}, title), h('dl', { class: 'pairs' }, rows)];
}

/** A step of the workflow with its versions, parameters, models and tools (the most frequent ones if tables differ). */
function stepCard({ step, workflow_versions: versions, parameters, models, tools }) {
  const nTables = sum(versions.map(([, , tables]) => tables));
  const version = versions.length > 1 ? countNoun(versions.length, 'workflow version') : versionText(versions[0]);
  return h('details', { class: 'card step', 'data-step': step },
    h('summary', {}, h('strong', {}, step), ' ', h('span', { class: 'soft' }, `${nTables ? countNoun(nTables, 'table') : 'this page'}, ${version}`)),
    listOfPairs('Parameters', parameters), listOfPairs('Models (SHA-256)', models), listOfPairs('Software', tools),
    versions.length > 1 && [h('h3', {}, 'Workflow versions'), h('ul', {}, versions.map((each) => h('li', {}, `${versionText(each)}: ${countNoun(each[2], 'table')}`)))]);
}

/** Convert `names` between backticks to code elements. */
const withCode = (text) => text.split('`').map((part, index) => (index % 2 ? h('code', {}, part) : part));

function howToRead() {
  return h('section', {}, h('h2', {}, 'How to read this page'),
    h('p', {}, 'Everything on this page comes from the Parquet tables in the results folder. The page is the file ', h('code', {}, 'report/index.html'), ' in this folder. It loads nothing from a network. Videos play if they are in the results folder where the workflow put them.'),
    h('p', {}, 'Times on the page are the times that this and most other players display. Links to a moment, such as ', h('code', {}, '#/video/interview1?t=3.2'), ', contain the time of the tables (column ', h('code', {}, 'time_s'), '): seconds on the clock of the video file, which can start before or after 0:00 of a player.'),
    h('p', {}, 'Hand speeds are measured in the image plane, in shoulder widths per second, so that people near the camera and far from it can be compared. The curves show the mean and the peak of short time bins; the table kinematics contains every frame.'),
    h('p', {}, 'A gesture here is a gesture unit: one hand moves from rest to rest. A unit that begins or ends out of view lasted longer than is shown, and its peak speed may not be known.'),
    h('p', {}, 'A neural network recognises people by their faces, and it makes mistakes. Check the people before you rely on them.'));
}

function privacyNote() {
  return h('section', {}, h('h2', {}, 'Faces are biometric data'),
    h('p', {}, 'This page shows who was where and when. In the EU, biometric data that identify people are a special category of personal data (GDPR, article 9). Make sure that you have a legal basis, keep the results private, and publish neither this page nor the embeddings. ',
      readBlock('pictures').length ? 'This page contains pictures of faces, because report.pictures is true. To remove them, set it to false and run the workflow again.' : 'This page contains no pictures of faces.'));
}

/** What this browser keeps of the user's work, and a button that deletes it at its second click. */
function keptNote() {
  let isAsked = false;
  const button = h('button', { type: 'button', id: 'forget-kept', onclick: () => {
    if (isAsked) {
      // First, so that the browser does not ask about names that are not saved.
      names.discard();
      forgetKeptValues();
      location.reload();
      return;
    }
    isAsked = true;
    button.textContent = 'Delete names, marks, notes and verdicts';
    announce('Press the button again to delete them.');
  } }, 'Forget what this browser keeps');
  return h('section', {}, h('h2', {}, 'What this browser keeps'),
    h('p', {}, 'This browser keeps names that you typed and did not apply yet, marks and notes on gestures, and verdicts on entries to look at, for this corpus only. They may say something about people. Files that you saved from the page are not deleted.'),
    h('div', { class: 'buttons' }, button));
}

function aboutView() {
  const { steps, differences, advice, page } = corpus.about;
  const pageStep = { ...page, workflow_versions: [[page.workflow.version, page.workflow.commit, 0]] };
  const element = h('div', { class: 'view reading' }, h('h1', {}, 'About'), howToRead(), privacyNote(), keptNote(),
    corpusFilesCard(),
    h('section', {}, h('h2', {}, 'How the tables were made'),
      h('p', {}, `This page was made by ${page.workflow.name} ${page.workflow.version}, commit ${page.workflow.commit}.`),
      differences.length > 0 && h('div', { id: 'differences' }, h('p', { class: 'error' }, 'Not all videos were analysed in the same way. The list of steps shows the most frequent settings. ', withCode(advice)),
        h('ul', {}, differences.map((text) => h('li', {}, withCode(text))))),
      [...steps, pageStep].map(stepCard)));
  return { title: 'About', element };
}
