// RFC 8259 byte by byte: what JSON.parse would refuse at the end of 300 MB of text is refused where it stands, and what it would make
// a hundred times larger is counted before it is made.
import { type Reason, reason } from "../../../src-shared/errors/reasons/index.ts";
import { type StructureCheck, StructureProblem, TooManyParts } from "./problem.ts";

/** Brackets inside one another. */
const deepest = 256;
/** Bytes that an object or a list, and a number or text in it, take in memory while they become features, beside the text itself. */
const bytesOf = { container: 120, scalar: 16 };

// What is expected next.
const value = 0;
const valueOrEnd = 1;
const keyOrEnd = 2;
const key = 3;
const colon = 4;
const commaOrEnd = 5;
const text = 6;
const escaped = 7;
const hexadecimal = 8;
const number = 9;
const word = 10;
const nothing = 11;

// A number's parts (RFC 8259, section 6): after which signs it may end, and what follows what.
const minus = 0;
const zero = 1;
const digits = 2;
const point = 3;
const fraction = 4;
const exponent = 5;
const sign = 6;
const power = 7;
const mayEnd: ReadonlySet<number> = new Set([zero, digits, fraction, power]);
function afterInNumber(part: number, code: number): number {
  const digit = code >= 48 && code <= 57;
  switch (part) {
    case minus:
      return code === 48 ? zero : digit ? digits : -1;
    case zero:
      return code === 46 ? point : code === 101 || code === 69 ? exponent : -1;
    case digits:
      return digit ? digits : code === 46 ? point : code === 101 || code === 69 ? exponent : -1;
    case point:
      return digit ? fraction : -1;
    case fraction:
      return digit ? fraction : code === 101 || code === 69 ? exponent : -1;
    case exponent:
      return digit ? power : code === 43 || code === 45 ? sign : -1;
    case sign:
      return digit ? power : -1;
    default:
      return digit ? power : -1;
  }
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
/** Coordinates of two digits grow to 27 times their text, lists of empty lists to 60 times; few of them are let pass. */
const mostGrowth = 30;
const fewMebibytes = 128;
/** Bytes inside of a text that neither end it nor are refused in it. */
const isPlain = Uint8Array.from({ length: 256 }, (_, code) => (code >= 32 && code !== 34 && code !== 92 ? 1 : 0));
const words: Readonly<Record<number, readonly number[]>> = Object.fromEntries(
  ["true", "false", "null"].map((each) => [each.charCodeAt(0), [...Buffer.from(each)]]),
);

export interface JsonLimits {
  /** MiB that its values may take in memory */
  readonly mebibytes?: number;
  /** a feature collection: members of “features” that are too short to be one are counted and refused */
  readonly geo?: boolean;
}

/** A Feature is no shorter than {"type":"Feature"}. */
const shortestFeature = 18;
const featuresKey = [...Buffer.from("features")];

/** Checks a text of UTF-8 bytes to be one JSON value. */
export function jsonCheck({
  mebibytes: most = Number.POSITIVE_INFINITY,
  geo = false,
}: JsonLimits = {}): StructureCheck {
  let state: number = value;
  let at = 0;
  let part: number = zero;
  let expected: readonly number[] = [];
  let expectedAt = 0;
  let hexLeft = 0;
  let isKey = false;
  // Of every open bracket whether it is an object.
  const objects = new Uint8Array(deepest + 1);
  let depth = 0;
  let [containers, scalars] = [0, 0];
  // The members of the root's “features”.
  let keyAt = 0;
  let named = false;
  let inFeatures = false;
  let began = 0;
  let [members, short] = [0, 0];

  const refuse = (problem: Reason, offset: number): never => {
    throw new StructureProblem(reason("not-valid-json-byte", { problem, at: at + offset + 1 }));
  };
  const held = () => (containers * bytesOf.container + scalars * bytesOf.scalar + at * 2) / 2 ** 20;
  const ended = (offset: number): void => {
    state = depth === 0 ? nothing : commaOrEnd;
    if (!inFeatures || depth !== 2) return;
    members++;
    if (at + offset + 1 - began < shortestFeature && ++short > 1000 && short * 2 > members)
      throw new StructureProblem(reason("features-no-geojson-features"));
  };
  const begin = (code: number, offset: number): void => {
    if (inFeatures && depth === 2) began = at + offset;
    if (code === 123 || code === 91) {
      if (depth === deepest) throw new StructureProblem(reason("lists-objects-nested-more-deep", { deepest }));
      if (geo && depth === 1 && objects[1] === 1) inFeatures = named && code === 91;
      objects[++depth] = code === 123 ? 1 : 0;
      containers++;
      state = code === 123 ? keyOrEnd : valueOrEnd;
    } else if (code === 34) {
      isKey = false;
      scalars++;
      state = text;
    } else if (code === 45 || (code >= 48 && code <= 57)) {
      scalars++;
      part = code === 45 ? minus : code === 48 ? zero : digits;
      state = number;
    } else if (words[code]) {
      expected = words[code];
      expectedAt = 1;
      state = word;
    } else refuse(reason("no-value"), offset);
  };
  const close = (code: number, offset: number): void => {
    if ((code === 125) !== (objects[depth] === 1)) refuse(reason("wrong-bracket"), offset);
    if (depth === 2) inFeatures = false;
    depth--;
    ended(offset);
  };

  return {
    push(bytes) {
      let i = at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
      while (i < bytes.length) {
        const code = bytes[i]!;
        if (state === text) {
          // Most bytes of texts say nothing; of names, only those of the root are compared.
          if ((!isKey || depth !== 1) && isPlain[code] === 1) {
            do i++;
            while (i < bytes.length && isPlain[bytes[i]!] === 1);
            continue;
          }
          if (code === 34) {
            if (isKey) {
              named = depth === 1 && keyAt === featuresKey.length;
              state = colon;
            } else ended(i);
          } else if (code === 92) {
            keyAt = -1;
            state = escaped;
          } else if (code < 32) refuse(reason("control-character"), i);
          else if (isKey && keyAt >= 0) keyAt = featuresKey[keyAt] === code ? keyAt + 1 : -1;
          i++;
          continue;
        }
        if (state === number) {
          if ((part === digits || part === fraction || part === power) && code >= 48 && code <= 57) {
            do i++;
            while (i < bytes.length && bytes[i]! >= 48 && bytes[i]! <= 57);
            continue;
          }
          const next = afterInNumber(part, code);
          if (next >= 0) {
            part = next;
            i++;
            continue;
          }
          if (!mayEnd.has(part)) refuse(reason("broken-number"), i);
          // What ends a number is looked at again.
          ended(i - 1);
          continue;
        }
        if (state === escaped) {
          if (code === 117) {
            hexLeft = 4;
            state = hexadecimal;
          } else if (![34, 92, 47, 98, 102, 110, 114, 116].includes(code)) refuse(reason("unknown-escape"), i);
          else state = text;
        } else if (state === hexadecimal) {
          const isHex = (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
          if (!isHex) refuse(reason("unknown-escape"), i);
          if (--hexLeft === 0) state = text;
        } else if (state === word) {
          if (code !== expected[expectedAt++]) refuse(reason("unknown-word"), i);
          if (expectedAt === expected.length) ended(i);
        } else if (isSpace(code)) {
          while (i + 1 < bytes.length && isSpace(bytes[i + 1]!)) i++;
        } else if (state === value) begin(code, i);
        else if (state === commaOrEnd) {
          if (code === 44) state = objects[depth] === 1 ? key : value;
          else if (code === 93 || code === 125) close(code, i);
          else refuse(reason("comma-missing"), i);
        } else if (state === valueOrEnd) {
          if (code === 93) close(code, i);
          else begin(code, i);
        } else if (state === keyOrEnd || state === key) {
          if (code === 125 && state === keyOrEnd) close(code, i);
          else if (code !== 34) refuse(reason("name-missing"), i);
          else {
            isKey = true;
            keyAt = 0;
            state = text;
          }
        } else if (state === colon) {
          if (code !== 58) refuse(reason("colon-missing"), i);
          state = value;
        } else refuse(reason("more-behind-end"), i);
        i++;
      }
      at += bytes.length;
      if (held() > fewMebibytes + (at / 2 ** 20) * mostGrowth)
        throw new StructureProblem(reason("holds-far-more-lists-objects"));
      if (held() > most) throw new TooManyParts(Math.ceil(held()));
    },
    end() {
      if (state === number && depth === 0 && mayEnd.has(part)) return;
      if (state !== nothing) throw new StructureProblem(reason("not-valid-json-ends-too"));
    },
    get mebibytes() {
      return held();
    },
  };
}
