import type { Feature, Field, FieldType, PropertyValue } from "./feature.ts";

/** Properties without a prototype: a field may be called `constructor` or `__proto__`. */
export function record(entries: Iterable<readonly [string, PropertyValue]>): Record<string, PropertyValue> {
  const properties = Object.create(null) as Record<string, PropertyValue>;
  for (const [name, value] of entries) properties[name] = value;
  return properties;
}

/** Fields in the order in which they first appear; a field with values of several kinds is text. */
export function fieldsOf(features: readonly Feature[]): Field[] {
  const types = new Map<string, FieldType | undefined>();
  for (const { properties } of features) {
    for (const [name, value] of Object.entries(properties)) {
      const before = types.get(name);
      const type = value === null ? undefined : typeOf(value);
      types.set(name, before === undefined ? type : type === undefined ? before : wider(before, type));
    }
  }
  return [...types].map(([name, type]) => ({ name, type: type ?? "text" }));
}

function typeOf(value: Exclude<PropertyValue, null>): FieldType {
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "text";
  return Number.isInteger(value) ? "integer" : "number";
}

function wider(p: FieldType, q: FieldType): FieldType {
  if (p === q) return p;
  return [p, q].every((type) => type === "integer" || type === "number") ? "number" : "text";
}
