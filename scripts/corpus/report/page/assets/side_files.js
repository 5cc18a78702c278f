// Side files: data that is loaded when it is needed, from the folder `page` beside this page.
//
// A side file is a script, because a page that was opened as a file may not read other files. It
// calls sideFile(name, data), where data is base64 of a gzip stream; see side_files.py.

const sideFileRequests = new Map();

async function unpack(base64) {
  const text = atob(base64);
  const packed = new Uint8Array(text.length);
  // A loop: Uint8Array.from takes ten times as long for files of some MB.
  for (let index = 0; index < text.length; index += 1) packed[index] = text.charCodeAt(index);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

/** Say once at the top of the page that data of it cannot be read, and why. */
const reportUnreadable = memoize(() => {
  const reason = typeof DecompressionStream === 'undefined'
    ? 'This browser is too old for parts of this page: it cannot unpack their data. Use Chrome or Edge 80, Firefox 113, Safari 16.4, or a later version.'
    : 'Files in the folder page beside this page are damaged, so parts of the page are missing. Copy the whole folder report again, or delete its folder page and run the workflow again.';
  document.getElementById('main').before(h('p', { class: 'error unreadable', role: 'alert' }, reason));
  return reason;
});

window.sideFile = (name, data) => {
  const request = sideFileRequests.get(name);
  if (!request) return;
  request.resolve(unpack(data).catch(() => {
    reportUnreadable();
    return null;
  }));
};

/** A promise of the content of the side file `name` as bytes, or of null if there is no such file or it cannot be read. */
function loadSideFile(name) {
  if (!sideFileRequests.has(name)) {
    const request = {};
    request.promise = new Promise((resolve) => { request.resolve = resolve; });
    sideFileRequests.set(name, request);
    const script = h('script', { src: `page/${name.split('/').map(encodeURIComponent).join('/')}.js` });
    // Content that is not a call of sideFile leaves the request open until the script has ended.
    for (const event of ['load', 'error']) script.addEventListener(event, () => { script.remove(); request.resolve(null); });
    document.head.append(script);
  }
  return sideFileRequests.get(name).promise;
}

/** A promise of the value of a side file with JSON, or of null as for `loadSideFile`. */
async function loadJsonSideFile(name) {
  const content = await loadSideFile(name);
  return content && JSON.parse(new TextDecoder().decode(content));
}

/** Forget a side file that is no longer needed, so that its memory is free; a later use loads it again. */
const forgetSideFile = (name) => sideFileRequests.delete(name);
