import { expect, test } from "vitest";
import { ByteCache, cacheOf, LoadingCache } from "./cache.ts";

test("a cache of so many values loses what was used longest ago", () => {
  const cache = cacheOf<number>(2);
  cache.set("a", 1).set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  expect([...cache.keys()].sort()).toEqual(["a", "c"]);
});

test("a cache of bytes stays within its budget, and keeps nothing that would take more than its share", () => {
  const cache = new ByteCache<string>(12, (value) => value.length, 1 / 2);
  for (const key of ["a", "b", "c"]) cache.set(key, key.repeat(4));
  cache.get("a");
  cache.set("d", "dddd");
  expect([cache.bytes, cache.has("a"), cache.has("b")]).toEqual([12, true, false]);
  cache.set("e", "e".repeat(7));
  expect([cache.bytes, cache.has("e")]).toEqual([12, false]);
  // The newer value counts, not both.
  cache.set("a", "aa");
  expect(cache.bytes).toBe(10);
  cache.clear();
  expect(cache.bytes).toBe(0);
});

const counting = () => {
  const loads: string[] = [];
  const load = (key: string, value: string) => async () => {
    loads.push(key);
    return value;
  };
  return { loads, load };
};

test("loads are kept up to a number of bytes, what was used longest ago goes first", async () => {
  const cache = LoadingCache.ofBytes<string>(10, (value) => value.length);
  const { loads, load } = counting();
  const get = (key: string) => cache.get(key, load(key, key.repeat(4)));
  for (const key of ["a", "b", "a", "c"]) await get(key); // b is oldest
  expect(cache.bytes).toBe(8);
  for (const key of ["a", "b"]) await get(key);
  expect(loads).toEqual(["a", "b", "c", "b"]);
});

test("one load serves everybody, also of something that is not there; a failed one is forgotten", async () => {
  const cache = LoadingCache.ofCount<string | undefined>(4);
  let loads = 0;
  const missing = () =>
    cache.get("m", async () => {
      loads++;
      return undefined;
    });
  expect(await Promise.all([missing(), missing()])).toEqual([undefined, undefined]);
  await missing();
  expect(loads).toBe(1);
  await expect(cache.get("f", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await cache.get("f", async () => "yes")).toBe("yes");
});

test("somebody else's cancelling is not the caller's", async () => {
  const cache = LoadingCache.ofCount<string>(4);
  const [first, second] = [new AbortController(), new AbortController()];
  const load = (signal: AbortSignal, value: string) => () =>
    new Promise<string>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      setImmediate(() => signal.aborted || resolve(value));
    });
  const one = cache.get("k", load(first.signal, "first"), first.signal);
  const two = cache.get("k", load(second.signal, "second"), second.signal);
  first.abort();
  await expect(one).rejects.toMatchObject({ name: "AbortError" });
  expect(await two).toBe("second");
});

test("a value larger than the whole budget is kept alone, until the next one", async () => {
  const cache = LoadingCache.ofBytes<string>(10, (value) => value.length);
  const { loads, load } = counting();
  await cache.get("small", load("small", "s"));
  for (let i = 0; i < 3; i++) await cache.get("large", load("large", "l".repeat(50)));
  expect([loads, cache.bytes]).toEqual([["small", "large"], 0]);
  await cache.get("small", load("small", "s"));
  await cache.get("large", load("large", "l".repeat(50)));
  expect(loads).toEqual(["small", "large", "small", "large"]);
});
