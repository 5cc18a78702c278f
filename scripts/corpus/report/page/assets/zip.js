// ZIP archives without compression (APPNOTE.TXT of PKWARE, version 6.3.10, sections 4.3 to 4.5).

const crcTable = memoize(() => Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
}));

/** The CRC-32 of bytes, as in ZIP and PNG. */
function crc32(bytes) {
  const table = crcTable();
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** A header as bytes, from pairs of a number and its length in bytes; ZIP is little-endian. */
const zipHeader = (fields) => Uint8Array.from(fields.flatMap(([value, length]) => Array.from({ length }, (_, index) => (value >>> (8 * index)) & 0xff)));

const ZIP_VERSION = 20;
const ZIP_UTF8_NAMES = 0x0800;
const ZIP_DATE = 0x0021; // 1 January 1980: the bytes depend on nothing but the content.

/** A ZIP archive of texts, {name, text}, as a Blob. At most 65,535 files and 4 GB. */
function zipTexts(files) {
  const encoder = new TextEncoder();
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, text } of files) {
    const [nameBytes, content] = [encoder.encode(name), encoder.encode(text)];
    const common = [[ZIP_VERSION, 2], [ZIP_UTF8_NAMES, 2], [0, 2], [0, 2], [ZIP_DATE, 2], [crc32(content), 4], [content.length, 4], [content.length, 4], [nameBytes.length, 2], [0, 2]];
    const header = zipHeader([[0x04034b50, 4], ...common]);
    parts.push(header, nameBytes, content);
    directory.push(zipHeader([[0x02014b50, 4], [ZIP_VERSION, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]), nameBytes);
    offset += header.length + nameBytes.length + content.length;
  }
  const directoryLength = directory.reduce((total, bytes) => total + bytes.length, 0);
  const end = zipHeader([[0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [directoryLength, 4], [offset, 4], [0, 2]]);
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
}
