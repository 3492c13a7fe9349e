/** Of a PNG: eight bytes that say what it is, then chunks of length, type, data and checksum, the header of 13 bytes first. */
const END_OF_HEADER = 8 + 4 + 4 + 13 + 4;
const METRES_PER_INCH = 0.0254;
/** `unit` of the chunk `pHYs`. */
const PER_METRE = 1;

/**
 * The PNG with its resolution (chunk `pHYs`, W3C Portable Network Graphics, 11.3.4.3), by which a text processor places it
 * in the size for which it is drawn.
 */
export function withResolution(png: Buffer, dotsPerInch: number): Buffer {
  const perMetre = Math.round(dotsPerInch / METRES_PER_INCH);
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(perMetre, 8);
  chunk.writeUInt32BE(perMetre, 12);
  chunk.writeUInt8(PER_METRE, 16);
  chunk.writeUInt32BE(checksum(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, END_OF_HEADER), chunk, png.subarray(END_OF_HEADER)]);
}

/** CRC-32 with the reflected polynomial of ISO 3309 (W3C Portable Network Graphics, annex D). */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
