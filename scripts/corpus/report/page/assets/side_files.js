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

window.sideFile = (name, data) => {
  const request = sideFileRequests.get(name);
  if (request) request.resolve(unpack(data));
};

/** A promise of the content of the side file `name` as bytes, or of null if there is no such file. */
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

/** A promise of the value of a side file with JSON, or of null if there is no such file. */
async function loadJsonSideFile(name) {
  const content = await loadSideFile(name);
  return content && JSON.parse(new TextDecoder().decode(content));
}

/** Forget a side file that is no longer needed, so that its memory is free; a later use loads it again. */
const forgetSideFile = (name) => sideFileRequests.delete(name);
