import type { Geometry, Position } from "../geometry/geometry.ts";
import { GeometryProblem } from "./wkb.ts";

/** A shape as Well-Known Text (OGC 06-103r4 §7), with the EPSG code of an EWKT prefix. Heights and measures are left behind. */
export interface WktShape {
  /** `null`: EMPTY */
  readonly geometry: Geometry | null;
  readonly srid: number | undefined;
}

const deepest = 8;

/** Does a text begin like WKT? */
export const looksLikeWkt = (text: string): boolean =>
  /^\s*(SRID\s*=\s*\d+\s*;\s*)?(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(Z|M|ZM)?\s*(\(|EMPTY)/i.test(
    text.slice(0, 80),
  );

/** @throws GeometryProblem with what cannot be understood */
export function readWkt(text: string): WktShape {
  const prefix = /^\s*SRID\s*=\s*(\d+)\s*;/i.exec(text.slice(0, 40));
  const reader = new Reader(text, prefix?.[0].length ?? 0);
  const geometry = reader.geometry(0);
  reader.end();
  return { geometry, srid: prefix ? Number(prefix[1]) : undefined };
}

class Reader {
  readonly #text: string;
  readonly #token = /\s*([A-Za-z]+|[(),]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/y;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  #next(): string {
    this.#token.lastIndex = this.#at;
    const found = this.#token.exec(this.#text);
    if (!found) throw new GeometryProblem(`its WKT is broken at character ${this.#at + 1}`);
    this.#at = this.#token.lastIndex;
    return found[1]!;
  }

  #peek(): string {
    const before = this.#at;
    const token = this.#next();
    this.#at = before;
    return token;
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw new GeometryProblem(`its WKT is broken at character ${this.#at}`);
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== "") throw new GeometryProblem("something follows its WKT");
  }

  geometry(depth: number): Geometry | null {
    if (depth > deepest) throw new GeometryProblem("its WKT is nested too deeply");
    const type = this.#next()
      .toUpperCase()
      .replace(/(?<=.)(ZM|Z|M)$/, "");
    if (/^(Z|M|ZM)$/i.test(this.#peek())) this.#next();
    if (this.#peek().toUpperCase() === "EMPTY") {
      this.#next();
      return null;
    }
    switch (type) {
      case "POINT": {
        const [only] = this.#list(() => this.#position());
        return { type: "Point", coordinates: only! };
      }
      case "MULTIPOINT":
        // Both “(1 2, 3 4)” and “((1 2), (3 4))” are written.
        return {
          type: "MultiPoint",
          coordinates: this.#list(() =>
            this.#peek() === "(" ? this.#list(() => this.#position())[0]! : this.#position(),
          ),
        };
      case "LINESTRING":
        return { type: "LineString", coordinates: this.#line() };
      case "MULTILINESTRING":
        return { type: "MultiLineString", coordinates: this.#list(() => this.#line()) };
      case "POLYGON":
        return { type: "Polygon", coordinates: this.#list(() => this.#line()) };
      case "MULTIPOLYGON":
        return { type: "MultiPolygon", coordinates: this.#list(() => this.#list(() => this.#line())) };
      case "GEOMETRYCOLLECTION":
        return {
          type: "GeometryCollection",
          geometries: this.#list(() => this.geometry(depth + 1)).filter((member) => member !== null),
        };
      default:
        throw new GeometryProblem(`its shape “${type.slice(0, 40)}” is not supported`);
    }
  }

  #list<T>(read: () => T): T[] {
    if (this.#peek().toUpperCase() === "EMPTY") {
      this.#next();
      return [];
    }
    this.#expect("(");
    const items = [read()];
    for (;;) {
      const sign = this.#next();
      if (sign === ")") return items;
      if (sign !== ",") throw new GeometryProblem(`its WKT is broken at character ${this.#at}`);
      items.push(read());
    }
  }

  #line(): Position[] {
    return this.#list(() => this.#position());
  }

  #position(): Position {
    const numbers: number[] = [];
    while (numbers.length < 4) {
      const sign = this.#peek();
      if (sign === "," || sign === ")") break;
      const value = Number(this.#next());
      if (!Number.isFinite(value)) throw new GeometryProblem(`its WKT has no number at character ${this.#at}`);
      numbers.push(value);
    }
    if (numbers.length < 2) throw new GeometryProblem(`its WKT lacks a coordinate at character ${this.#at}`);
    return [numbers[0]!, numbers[1]!];
  }
}
