/** A vector inside a FlatBuffer: where its first element lies, and how many there are. */
export interface FlatVector {
  readonly at: number;
  readonly length: number;
}

const none: FlatVector = { at: 0, length: 0 };

/**
 * A table inside a FlatBuffer from outside. Fields are asked for by their number in the schema; a field that is left out has its
 * default. Every place is compared with the length of the bytes: reading outside of them throws a RangeError and sets nothing aside.
 * @see https://flatbuffers.dev/internals
 */
export class FlatTable {
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #fields: number;
  readonly #fieldsLength: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#fields = at - bytes.readInt32LE(at);
    this.#fieldsLength = bytes.readUInt16LE(this.#fields);
  }

  /** The table that a whole buffer holds. */
  static root(bytes: Buffer): FlatTable {
    return new FlatTable(bytes, bytes.readUInt32LE(0));
  }

  /** Where a field lies; `undefined`: it has its default. */
  #place(field: number): number | undefined {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.#fieldsLength) return undefined;
    const offset = this.#bytes.readUInt16LE(this.#fields + entry);
    return offset === 0 ? undefined : this.#at + offset;
  }

  /** Where what a field refers to lies. */
  #target(field: number): number | undefined {
    const place = this.#place(field);
    return place === undefined ? undefined : place + this.#bytes.readUInt32LE(place);
  }

  byte(field: number, otherwise: number): number {
    const place = this.#place(field);
    return place === undefined ? otherwise : this.#bytes.readUInt8(place);
  }

  short(field: number, otherwise: number): number {
    const place = this.#place(field);
    return place === undefined ? otherwise : this.#bytes.readUInt16LE(place);
  }

  int(field: number, otherwise: number): number {
    const place = this.#place(field);
    return place === undefined ? otherwise : this.#bytes.readInt32LE(place);
  }

  /** An unsigned 64-bit number; beyond 2⁵³ it is not exact. */
  long(field: number, otherwise: number): number {
    const place = this.#place(field);
    return place === undefined ? otherwise : Number(this.#bytes.readBigUInt64LE(place));
  }

  text(field: number): string | undefined {
    const place = this.#target(field);
    if (place === undefined) return undefined;
    const { at, length } = this.#checked(place, 1);
    return this.#bytes.toString("utf8", at, at + length);
  }

  table(field: number): FlatTable | undefined {
    const place = this.#target(field);
    return place === undefined ? undefined : new FlatTable(this.#bytes, place);
  }

  /** Elements of `size` bytes each; all of them lie inside the bytes. */
  vector(field: number, size: number): FlatVector {
    const place = this.#target(field);
    return place === undefined ? none : this.#checked(place, size);
  }

  /** The tables of a vector, one at a time. */
  *tables(field: number): Generator<FlatTable> {
    const { at, length } = this.vector(field, 4);
    for (let i = 0; i < length; i++) {
      const place = at + 4 * i;
      yield new FlatTable(this.#bytes, place + this.#bytes.readUInt32LE(place));
    }
  }

  #checked(place: number, size: number): FlatVector {
    const length = this.#bytes.readUInt32LE(place);
    if (length * size > this.#bytes.length - place - 4) throw new RangeError("A vector reaches beyond its buffer");
    return { at: place + 4, length };
  }
}
