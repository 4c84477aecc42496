/** Zip archive without compression: enough for a workbook, and no library. */
export interface Entry {
  name: string;
  bytes: Uint8Array;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Little-endian bytes of numbers given with their widths. */
function bytesOf(parts: [number, 2 | 4][]): Uint8Array {
  const view = new DataView(new ArrayBuffer(parts.reduce((sum, [, width]) => sum + width, 0)));
  let at = 0;
  for (const [value, width] of parts) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes of an archive. Times are fixed, so that equal content gives equal bytes. */
export function zip(entries: Entry[]): Uint8Array<ArrayBuffer> {
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const label = new TextEncoder().encode(name);
    const size = bytes.length;
    // Version 2.0, names in UTF-8, stored, 1 January 1980.
    const common: [number, 2 | 4][] = [
      [20, 2], [0x0800, 2], [0, 2], [0, 2], [0x21, 2],
      [crc32(bytes), 4], [size, 4], [size, 4], [label.length, 2], [0, 2],
    ]; // prettier-ignore
    const head = join([bytesOf([[0x04034b50, 4], ...common]), label]);
    const entry: [number, 2 | 4][] = [[0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]];
    directory.push(join([bytesOf([[0x02014b50, 4], [20, 2], ...common, ...entry]), label]));
    body.push(head, bytes);
    offset += head.length + size;
  }
  const index = join(directory);
  const n = entries.length;
  const end = bytesOf([
    [0x06054b50, 4], [0, 2], [0, 2], [n, 2], [n, 2], [index.length, 4], [offset, 4], [0, 2],
  ]); // prettier-ignore
  return join([...body, index, end]);
}
