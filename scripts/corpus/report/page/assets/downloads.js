// Files that the browser saves: their names, and how they are saved.

/** The name of a file that is saved from the page, with the name of the corpus: the folder of downloads is that of all corpora. */
const corpusFileName = (name) => `${corpus.name}_${name}`;

/** Let the browser save a text as a file. */
function downloadText(fileName, text, type = 'text/csv') {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = h('a', { href: address, download: fileName });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
