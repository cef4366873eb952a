import { typeBytes as sizes } from "../../raster/formats/tiff/directory.ts";
import { tiffTag, tiffType } from "../../raster/formats/tiff/tags.ts";
import type { Random } from "../random.ts";
import { damageBytes, joined, spliced } from "./bytes.ts";

/** Damage that knows what a TIFF is: fields, lists, blocks, chains, byte orders. */
interface Field {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** in the byte order of `TiffModel.little` */
  readonly bytes: Uint8Array;
}

interface ImageModel {
  fields: Field[];
  readonly blocks: readonly Uint8Array[];
}

interface TiffModel {
  little: boolean;
  big: boolean;
  readonly images: ImageModel[];
}

/** bytes that turn with the byte order */
const units: Readonly<Record<number, number>> = { ...sizes, [tiffType.RATIONAL]: 4, [tiffType.SRATIONAL]: 4 };
const types = Object.keys(sizes).map(Number);
const tags = Object.values(tiffTag);
const numbers = [
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  12,
  15,
  16,
  17,
  31,
  32,
  33,
  63,
  64,
  65,
  127,
  128,
  255,
  256,
  257,
  511,
  512,
  1024,
  4096,
  32767,
  32768,
  32809,
  32946,
  34887,
  50000,
  65500,
  65535,
  65536,
  1 << 20,
  1 << 24,
  0x7fffffff,
  0x80000000,
  0xfffffffe,
  0xffffffff,
];
const doubles = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e-300,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 31,
  2 ** 53,
  5e-324,
];

export function damageTiff(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  if (random.chance(0.15)) return damageBytes(bytes, random, 6);
  if (random.chance(0.03)) return spliced(bytes, random.pick(others), random);
  const model = parsed(bytes);
  if (!model) return damageBytes(bytes, random, 6);
  const times = random.between(1, 4);
  for (let i = 0; i < times; i++) damageModel(model, random, others);
  const out = written(model, random);
  return random.chance(0.2) ? damageBytes(out, random, 3) : out;
}

function damageModel(model: TiffModel, random: Random, others: readonly Uint8Array[]): void {
  const image = random.pick(model.images);
  const { fields } = image;
  const at = random.below(fields.length);
  const field = fields[at];
  switch (random.below(14)) {
    case 0:
      model.little = !model.little;
      for (const other of model.images) other.fields = other.fields.map(turned);
      return;
    case 1:
      model.big = !model.big;
      return;
    case 2:
      if (field) fields.splice(at, 1);
      return;
    case 3:
      fields.push(randomField(model, random));
      return;
    case 4:
      if (field) fields[at] = { ...field, type: random.chance(0.8) ? random.pick(types) : random.below(65536) };
      return;
    case 5:
      if (field)
        fields[at] = {
          ...field,
          count: random.chance(0.5) ? random.pick(numbers) : field.count + random.between(-2, 2),
        };
      return;
    case 6:
      if (field) fields[at] = { ...field, tag: random.pick(tags) };
      return;
    case 7: {
      const other = random.pick(others);
      const theirs = parsed(other);
      const taken = theirs && random.pick(random.pick(theirs.images).fields);
      if (taken) fields.push(theirs.little === model.little ? taken : turned(taken));
      return;
    }
    case 8: {
      // an image within the chain comes twice, or the images change places
      if (random.chance(0.5)) model.images.push({ fields: [...fields], blocks: image.blocks });
      else model.images.reverse();
      return;
    }
    case 9: {
      const block = image.blocks.length > 0 ? random.below(image.blocks.length) : -1;
      const mutable = image.blocks as Uint8Array[];
      if (block >= 0) mutable[block] = damageBytes(mutable[block]!, random, 4);
      return;
    }
    default:
      // a value of a field that matters: what most headers of an attacker do
      if (field) fields[at] = withValue(field, model.little, random);
  }
}

function withValue(field: Field, little: boolean, random: Random): Field {
  const size = sizes[field.type] ?? 0;
  if (size === 0 || field.bytes.length < size) return field;
  const bytes = field.bytes.slice();
  if (field.type === tiffType.ASCII || field.type === tiffType.UNDEFINED)
    return { ...field, bytes: damageBytes(bytes, random, 2).subarray(0, bytes.length) };
  const view = new DataView(bytes.buffer);
  const places = random.chance(0.7) ? 1 : random.between(1, 4);
  for (let i = 0; i < places; i++)
    write(view, random.below(Math.floor(bytes.length / size)) * size, field.type, little, random);
  return { ...field, bytes };
}

function write(view: DataView, at: number, type: number, little: boolean, random: Random): void {
  const value = random.chance(0.8) ? random.pick(numbers) : random.below(2 ** 32);
  if (type === tiffType.DOUBLE) view.setFloat64(at, random.chance(0.7) ? random.pick(doubles) : value, little);
  else if (type === tiffType.FLOAT) view.setFloat32(at, random.chance(0.7) ? random.pick(doubles) : value, little);
  else if (sizes[type] === 8 && units[type] === 8) {
    view.setBigUint64(at, random.chance(0.2) ? (1n << BigInt(random.between(33, 63))) - 1n : BigInt(value), little);
  } else if (units[type] === 4)
    view.setUint32(at + (sizes[type] === 8 && random.chance(0.5) ? 4 : 0), value >>> 0, little);
  else if (sizes[type] === 2) view.setUint16(at, value & 0xffff, little);
  else view.setUint8(at, value & 0xff);
}

function randomField(model: TiffModel, random: Random): Field {
  const type = random.pick(types);
  const size = sizes[type]!;
  const count = random.pick([1, 1, 1, 2, 3, 6, 16, 100, 5000]);
  const bytes = new Uint8Array(size * count);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < Math.min(count, 32); i++) write(view, i * size, type, model.little, random);
  return { tag: random.pick(tags), type, count, bytes };
}

function turned(field: Field): Field {
  const unit = units[field.type] ?? 1;
  const bytes = field.bytes.slice();
  for (let at = 0; unit > 1 && at + unit <= bytes.length; at += unit) bytes.subarray(at, at + unit).reverse();
  return { ...field, bytes };
}

/** A model of a valid file; `undefined` when it is none. */
function parsed(bytes: Uint8Array): TiffModel | undefined {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const little = bytes[0] === 0x49;
    const magic = view.getUint16(2, little);
    if (magic !== 42 && magic !== 43) return undefined;
    const big = magic === 43;
    const whole = (at: number) => (big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
    const images: ImageModel[] = [];
    for (let at = whole(big ? 8 : 4); at !== 0 && images.length < 16; ) {
      const count = big ? whole(at) : view.getUint16(at, little);
      const start = at + (big ? 8 : 2);
      const fields: Field[] = [];
      for (let i = 0; i < count; i++) {
        const entry = start + i * (big ? 20 : 12);
        const type = view.getUint16(entry + 2, little);
        const values = whole(entry + 4);
        const length = (sizes[type] ?? 0) * values;
        const place = entry + (big ? 12 : 8);
        const from = length <= (big ? 8 : 4) ? place : whole(place);
        fields.push({
          tag: view.getUint16(entry, little),
          type,
          count: values,
          bytes: bytes.slice(from, from + length),
        });
      }
      images.push({ fields, blocks: blocksOf(fields, bytes, little) });
      at = whole(start + count * (big ? 20 : 12));
    }
    return images.length > 0 ? { little, big, images } : undefined;
  } catch {
    return undefined;
  }
}

function listOf(field: Field | undefined, little: boolean): number[] {
  if (!field) return [];
  const size = sizes[field.type] ?? 0;
  const view = new DataView(field.bytes.buffer, field.bytes.byteOffset, field.bytes.length);
  return Array.from({ length: size ? Math.floor(field.bytes.length / size) : 0 }, (_, i) =>
    size === 2
      ? view.getUint16(i * 2, little)
      : size === 4
        ? view.getUint32(i * 4, little)
        : size === 8
          ? Number(view.getBigUint64(i * 8, little))
          : view.getUint8(i),
  );
}

function blocksOf(fields: readonly Field[], bytes: Uint8Array, little: boolean): Uint8Array[] {
  const find = (...wanted: number[]) => fields.find(({ tag }) => wanted.includes(tag));
  const offsets = listOf(find(tiffTag.TileOffsets, tiffTag.StripOffsets), little);
  const lengths = listOf(find(tiffTag.TileByteCounts, tiffTag.StripByteCounts), little);
  return offsets.map((offset, i) =>
    offset === 0 ? new Uint8Array() : bytes.slice(offset, offset + (lengths[i] ?? 0)),
  );
}

/** The file of a model: blocks first, then each directory with its values behind it. Now and then a pointer is wrong. */
function written(model: TiffModel, random: Random): Uint8Array {
  const { little, big, images } = model;
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (part: Uint8Array): number => {
    const place = at;
    parts.push(part);
    at += part.length;
    if (at % 2 === 1) {
      parts.push(new Uint8Array(1));
      at++;
    }
    return place;
  };
  const head = new Uint8Array(big ? 16 : 8);
  add(head);
  const headView = new DataView(head.buffer);
  headView.setUint16(0, little ? 0x4949 : 0x4d4d);
  headView.setUint16(2, big ? 43 : 42, little);
  if (big) headView.setUint16(4, 8, little);
  const pointer = (view: DataView, place: number, value: number) => {
    const wrong = random.chance(0.004) ? random.pick([...numbers, 8, 16, at, at - 1]) : value;
    if (big) view.setBigUint64(place, BigInt(Math.max(0, wrong)), little);
    else view.setUint32(place, wrong >>> 0, little);
  };
  let link: { readonly view: DataView; readonly place: number } = { view: headView, place: big ? 8 : 4 };
  for (const image of images) {
    const places = image.blocks.map((block) => (block.length === 0 ? 0 : add(block)));
    const fields = image.fields.map((field) => {
      const isOffsets = field.tag === tiffTag.TileOffsets || field.tag === tiffTag.StripOffsets;
      if (!isOffsets || units[field.type] === undefined || places.length * sizes[field.type]! !== field.bytes.length)
        return field;
      // Offsets that were damaged on purpose have another value than the block's; most are moved with their block.
      if (random.chance(0.05)) return field;
      const bytes = new Uint8Array(field.bytes.length);
      const view = new DataView(bytes.buffer);
      places.forEach((place, i) => {
        if (sizes[field.type] === 4) view.setUint32(i * 4, place, little);
        else if (sizes[field.type] === 8) view.setBigUint64(i * 8, BigInt(place), little);
        else if (sizes[field.type] === 2) view.setUint16(i * 2, place & 0xffff, little);
      });
      return { ...field, bytes };
    });
    const entry = big ? 20 : 12;
    const inline = big ? 8 : 4;
    const directory = new Uint8Array((big ? 16 : 6) + fields.length * entry);
    const view = new DataView(directory.buffer);
    pointer(link.view, link.place, add(directory));
    if (big) view.setBigUint64(0, BigInt(fields.length), little);
    else view.setUint16(0, fields.length, little);
    fields.forEach((field, i) => {
      const place = (big ? 8 : 2) + i * entry;
      view.setUint16(place, field.tag, little);
      view.setUint16(place + 2, field.type, little);
      if (big) view.setBigUint64(place + 4, BigInt(Math.max(0, field.count)), little);
      else view.setUint32(place + 4, field.count >>> 0, little);
      const value = place + (big ? 12 : 8);
      if ((sizes[field.type] ?? 0) * field.count <= inline) directory.set(field.bytes.subarray(0, inline), value);
      else pointer(view, value, add(field.bytes));
    });
    link = { view, place: directory.length - inline };
  }
  // Now and then the chain leads back into itself.
  if (random.chance(0.02)) pointer(link.view, link.place, random.below(at));
  return joined(parts);
}
