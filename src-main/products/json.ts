// JSON of metadata: read with a limit, and taken apart without trusting its shape.
import { AppError } from "../../src-shared/errors/index.ts";
import type { Listing } from "./listing.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON file. @throws AppError "product-metadata-unreadable" when it is none */
export async function jsonOf(listing: Listing, name: string): Promise<Json> {
  const bytes = await listing.read(name);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Json;
  } catch {
    throw new AppError("product-metadata-unreadable", { path: listing.pathOf(name) });
  }
}

/** What lies below names one after the other; `undefined` where one is not there. */
export function at(value: Json | undefined, ...names: readonly (string | number)[]): Json | undefined {
  let here: Json | undefined = value;
  for (const name of names) {
    if (here === null || typeof here !== "object") return undefined;
    here = Object.hasOwn(here, name) ? (here as Record<string | number, Json>)[name] : undefined;
  }
  return here;
}

export const textAt = (value: Json | undefined, ...names: readonly (string | number)[]): string | undefined => {
  const found = at(value, ...names);
  return typeof found === "string" && found !== "" ? found : undefined;
};

export const numberAt = (value: Json | undefined, ...names: readonly (string | number)[]): number | undefined => {
  const found = at(value, ...names);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
};

export const listAt = (value: Json | undefined, ...names: readonly (string | number)[]): readonly Json[] => {
  const found = at(value, ...names);
  return Array.isArray(found) ? found : [];
};
