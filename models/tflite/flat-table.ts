import { ByteBuffer } from 'flatbuffers';
import { FileFormatError } from '../file-format-error.js';

const OFFSET_BYTES = 4;
const VTABLE_HEADER_BYTES = 4;

/**
 * The bytes of a FlatBuffers file. Every read is checked against its end, which the reader of the package leaves to its
 * callers: a truncated or damaged file must give an error, never numbers from nowhere.
 */
export class FlatFile {
  private readonly buffer: ByteBuffer;

  /** @param path only names the file in errors */
  constructor(
    private readonly bytes: Uint8Array,
    readonly path: string,
  ) {
    this.buffer = new ByteBuffer(bytes);
  }

  /**
   * The root table of a file with that identifier.
   *
   * @param kind what the file should be, for the message: "a TensorFlow Lite file"
   * @throws FileFormatError
   */
  root(identifier: string, kind: string): FlatTable {
    const found = new TextDecoder('latin1').decode(this.bytes.subarray(OFFSET_BYTES, OFFSET_BYTES + identifier.length));
    if (found !== identifier) {
      throw new FileFormatError(
        this.path,
        `bytes 4 to 7 are ${JSON.stringify(found)}; ${kind} has ${JSON.stringify(identifier)} there`,
        `the file is truncated or is not ${kind}`,
      );
    }
    return new FlatTable(this, this.follow(0));
  }

  int8(at: number): number {
    return this.buffer.readInt8(this.checked(at, 1));
  }

  uint8(at: number): number {
    return this.buffer.readUint8(this.checked(at, 1));
  }

  uint16(at: number): number {
    return this.buffer.readUint16(this.checked(at, 2));
  }

  int32(at: number): number {
    return this.buffer.readInt32(this.checked(at, 4));
  }

  uint32(at: number): number {
    return this.buffer.readUint32(this.checked(at, 4));
  }

  int64(at: number): bigint {
    return this.buffer.readInt64(this.checked(at, 8));
  }

  float32(at: number): number {
    return this.buffer.readFloat32(this.checked(at, 4));
  }

  slice(at: number, length: number): Uint8Array {
    this.checked(at, length);
    return this.bytes.subarray(at, at + length);
  }

  /** Where the offset at `at` points to. */
  follow(at: number): number {
    const offset = this.uint32(at);
    if (offset === 0) throw this.damaged(`offset 0 at byte ${at}`);
    return this.checked(at + offset, OFFSET_BYTES);
  }

  damaged(problem: string): FileFormatError {
    return new FileFormatError(this.path, problem, 'the file is truncated or damaged');
  }

  private checked(at: number, length: number): number {
    if (at < 0 || at + length > this.bytes.length) {
      throw this.damaged(`reads ${length} bytes at byte ${at}; the file has ${this.bytes.length}`);
    }
    return at;
  }
}

/** A table of a FlatBuffers file. Fields are named by their number in the schema (0, 1, ...). */
export class FlatTable {
  private readonly vtable: number;
  private readonly fields: number;

  constructor(
    private readonly file: FlatFile,
    private readonly at: number,
  ) {
    this.vtable = at - file.int32(at);
    this.fields = (file.uint16(this.vtable) - VTABLE_HEADER_BYTES) / 2;
    if (!(this.fields >= 0)) throw file.damaged(`table at byte ${at} has a vtable of ${2 * this.fields + 4} bytes`);
  }

  int8(field: number, byDefault = 0): number {
    const at = this.position(field);
    return at === null ? byDefault : this.file.int8(at);
  }

  flag(field: number): boolean {
    const at = this.position(field);
    return at !== null && this.file.uint8(at) !== 0;
  }

  int32(field: number, byDefault = 0): number {
    const at = this.position(field);
    return at === null ? byDefault : this.file.int32(at);
  }

  uint32(field: number): number {
    const at = this.position(field);
    return at === null ? 0 : this.file.uint32(at);
  }

  /** A number of the union's table type; 0 is none. */
  unionType(field: number): number {
    const at = this.position(field);
    return at === null ? 0 : this.file.uint8(at);
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field) ?? new Uint8Array(0));
  }

  table(field: number): FlatTable | null {
    const at = this.position(field);
    return at === null ? null : new FlatTable(this.file, this.file.follow(at));
  }

  tables(field: number): FlatTable[] {
    return this.vector(field, OFFSET_BYTES, (at) => new FlatTable(this.file, this.file.follow(at))) ?? [];
  }

  bytes(field: number): Uint8Array | null {
    const at = this.position(field);
    if (at === null) return null;
    const start = this.file.follow(at);
    return this.file.slice(start + OFFSET_BYTES, this.file.uint32(start));
  }

  int32s(field: number): number[] | null {
    return this.vector(field, 4, (at) => this.file.int32(at));
  }

  float32s(field: number): number[] | null {
    return this.vector(field, 4, (at) => this.file.float32(at));
  }

  int64s(field: number): bigint[] | null {
    return this.vector(field, 8, (at) => this.file.int64(at));
  }

  private vector<T>(field: number, size: number, read: (at: number) => T): T[] | null {
    const at = this.position(field);
    if (at === null) return null;
    const start = this.file.follow(at);
    const length = this.file.uint32(start);
    this.file.slice(start + OFFSET_BYTES, length * size);
    return Array.from({ length }, (_, i) => read(start + OFFSET_BYTES + i * size));
  }

  /** Where the field stands; null where the table leaves it at its default. */
  private position(field: number): number | null {
    if (field >= this.fields) return null;
    const offset = this.file.uint16(this.vtable + VTABLE_HEADER_BYTES + 2 * field);
    return offset === 0 ? null : this.at + offset;
  }
}
