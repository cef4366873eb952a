/** Predictors: the difference to the left neighbour (2) and the byte-plane form for floating point (3). Both directions. */

/** Undoes predictor 2 in place: every sample was stored minus the sample `stride` before it in its row. */
export function addDifferences(words: Uint8Array | Uint16Array | Uint32Array, rowLength: number, stride: number): void {
  // One loop per element width keeps each of them monomorphic.
  if (words instanceof Uint8Array) addBytes(words, rowLength, stride);
  else if (words instanceof Uint16Array) addWords(words, rowLength, stride);
  else addLongs(words, rowLength, stride);
}

function addBytes(words: Uint8Array, rowLength: number, stride: number): void {
  for (let row = 0; row + rowLength <= words.length; row += rowLength) {
    for (let i = row + stride; i < row + rowLength; i++) words[i] = words[i]! + words[i - stride]!;
  }
}

function addWords(words: Uint16Array, rowLength: number, stride: number): void {
  for (let row = 0; row + rowLength <= words.length; row += rowLength) {
    for (let i = row + stride; i < row + rowLength; i++) words[i] = words[i]! + words[i - stride]!;
  }
}

function addLongs(words: Uint32Array, rowLength: number, stride: number): void {
  for (let row = 0; row + rowLength <= words.length; row += rowLength) {
    for (let i = row + stride; i < row + rowLength; i++) words[i] = words[i]! + words[i - stride]!;
  }
}

/** Predictor 2 on 64-bit samples, as pairs of 32-bit halves, low half first. */
export function addDifferences64(halves: Uint32Array, rowLength: number, stride: number): void {
  for (let row = 0; row + rowLength * 2 <= halves.length; row += rowLength * 2) {
    for (let i = row + stride * 2; i < row + rowLength * 2; i += 2) {
      const low = halves[i]! + halves[i - stride * 2]!;
      halves[i] = low;
      halves[i + 1] = halves[i + 1]! + halves[i + 1 - stride * 2]! + (low > 0xffffffff ? 1 : 0);
    }
  }
}

/** Applies predictor 2 in place, from the right so that no difference is read twice. */
export function takeDifferences(
  words: Uint8Array | Uint16Array | Uint32Array,
  rowLength: number,
  stride: number,
): void {
  for (let row = 0; row + rowLength <= words.length; row += rowLength) {
    for (let i = row + rowLength - 1; i >= row + stride; i--) words[i] = words[i]! - words[i - stride]!;
  }
}

/**
 * Undoes predictor 3 (Adobe technical note 3): a row holds all most significant bytes, then the next ones,
 * as differences of bytes. The result is in this machine's byte order (little endian).
 */
export function joinBytePlanes(bytes: Uint8Array, rowLength: number, size: number, stride: number): void {
  const rowBytes = rowLength * size;
  const row = new Uint8Array(rowBytes);
  for (let start = 0; start + rowBytes <= bytes.length; start += rowBytes) {
    for (let i = start + stride; i < start + rowBytes; i++) bytes[i] = bytes[i]! + bytes[i - stride]!;
    row.set(bytes.subarray(start, start + rowBytes));
    for (let i = 0; i < rowLength; i++) {
      for (let b = 0; b < size; b++) bytes[start + i * size + b] = row[(size - 1 - b) * rowLength + i]!;
    }
  }
}

/** Applies predictor 3 in place to little-endian samples. */
export function splitBytePlanes(bytes: Uint8Array, rowLength: number, size: number, stride: number): void {
  const rowBytes = rowLength * size;
  const row = new Uint8Array(rowBytes);
  for (let start = 0; start + rowBytes <= bytes.length; start += rowBytes) {
    row.set(bytes.subarray(start, start + rowBytes));
    for (let i = 0; i < rowLength; i++) {
      for (let b = 0; b < size; b++) bytes[start + (size - 1 - b) * rowLength + i] = row[i * size + b]!;
    }
    for (let i = start + rowBytes - 1; i >= start + stride; i--) bytes[i] = bytes[i]! - bytes[i - stride]!;
  }
}
