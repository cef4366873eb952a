import type { Random } from "../random.ts";
import { damageBytes } from "./bytes.ts";

/** Damage to text formats: tokens lost, doubled, swapped, nested, and values that no writer writes. */
const values = [
  "",
  "0",
  "-1",
  "1e309",
  "-1e-320",
  "NaN",
  "null",
  "true",
  "9007199254740993",
  "99999999999999999999999999",
  '"',
  "'",
  "[]",
  "{}",
  "\u0000",
  "\ufeff",
  "\ud800",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "=1+1",
  "<![CDATA[",
  "<!--",
  "&#x110000;",
  "&a;",
  '<!DOCTYPE a [<!ENTITY a "&a;&a;">]>',
];
const repeated = ["[", "{", '{"a":', "<a>", "(", "((", "<!--", "&amp;", "0,", " ", "\n", "a"];
const token = /[A-Za-z_][\w.:-]*|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\s+|./gsu;

export function damageText(text: string, random: Random, most = 3): Uint8Array {
  let out = text;
  const times = random.between(1, most);
  for (let i = 0; i < times; i++) out = damageOnce(out, random);
  const bytes = new TextEncoder().encode(out);
  return random.chance(0.15) ? damageBytes(bytes, random, 2) : bytes;
}

function damageOnce(text: string, random: Random): string {
  const tokens = text.match(token) ?? [];
  if (tokens.length === 0) return random.pick(values);
  const at = random.below(tokens.length);
  const other = random.below(tokens.length);
  switch (random.below(9)) {
    case 0:
      tokens.splice(at, random.between(1, 4));
      break;
    case 1:
      tokens[at] = random.pick(values);
      break;
    case 2:
      tokens.splice(at, 0, tokens[other]!);
      break;
    case 3:
      [tokens[at], tokens[other]] = [tokens[other]!, tokens[at]!];
      break;
    case 4:
      tokens.splice(at, 0, random.pick(repeated).repeat(random.pick([2, 50, 3000])));
      break;
    case 5:
      tokens.length = at;
      break;
    case 6: {
      const end = Math.min(tokens.length, at + random.between(1, 200));
      tokens.splice(at, 0, ...Array.from({ length: random.pick([1, 2, 20]) }, () => tokens.slice(at, end)).flat());
      break;
    }
    case 7: {
      // a number elsewhere in the text takes another's place
      const numbers = tokens.flatMap((word, i) => (/^-?\d/.test(word) ? [i] : []));
      if (numbers.length > 0) tokens[random.pick(numbers)] = random.pick(values);
      break;
    }
    default:
      tokens.splice(at, 0, random.pick(values));
  }
  return tokens.join("");
}
