import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { signUpdates } from "./sign-updates.ts";
import { feedProblem, signatureOf, updateProblem } from "./update-trust.ts";

const root = resolve(import.meta.dirname, "../../..");
const require = createRequire(import.meta.url);
const { load } = require("js-yaml") as { load(text: string): never };
const { publicKey: own, privateKey } = generateKeyPairSync("ed25519");
const publicKey = Buffer.from(own.export({ format: "jwk" }).x!, "base64url").toString("base64");
const feed = { url: "https://updates.example/omnisat", publicKey };
const info = { version: "9.0.0", files: [{ url: "omnisat-9.0.0.exe", sha512: "abc" }] };

test("updates come over https and with a key, or not at all", () => {
  expect(feedProblem(feed)).toBeUndefined();
  for (const url of [
    "http://updates.example",
    "HTTP://x.example",
    "ftp://x",
    "file:///tmp/x",
    "//x",
    "",
    "https://a:b@x.example",
  ])
    expect(feedProblem({ ...feed, url })).toEqual(expect.any(String));
  for (const key of ["", "AAAA", "undefined"]) expect(feedProblem({ ...feed, publicKey: key })).toContain("no key");
});

test("only what our key has signed is fetched: version, names and hashes", () => {
  const omnisatSignature = signatureOf(info, privateKey);
  const signed = { ...info, omnisatSignature };
  expect(updateProblem(signed, feed)).toBeUndefined();
  expect(updateProblem(info, feed)).toContain("not signed");
  expect(updateProblem({ ...signed, version: "9.0.1" }, feed)).toContain("not ours");
  expect(updateProblem({ ...signed, files: [{ ...info.files[0]!, sha512: "abd" }] }, feed)).toContain("not ours");
  expect(updateProblem({ ...signed, files: [] }, feed)).toContain("no files");
  const otherKey = generateKeyPairSync("ed25519").privateKey;
  expect(updateProblem({ ...info, omnisatSignature: signatureOf(info, otherKey) }, feed)).toContain("not ours");
  const plain = { ...info, files: [{ url: "http://mirror.example/x.exe", sha512: "abc" }] };
  expect(updateProblem({ ...plain, omnisatSignature: signatureOf(plain, privateKey) }, feed)).toContain("https");
});

test("the descriptions that electron-builder leaves are signed in place", () => {
  const folder = mkdtempSync(join(tmpdir(), "omnisat-updates-"));
  writeFileSync(
    join(folder, "latest-linux.yml"),
    "version: 9.0.0\nfiles:\n  - url: a.AppImage\n    sha512: abc==\n    size: 3\npath: a.AppImage\n",
  );
  expect(signUpdates(folder, privateKey.export({ format: "pem", type: "pkcs8" }) as string)).toEqual([
    "latest-linux.yml",
  ]);
  const read = load(readFileSync(join(folder, "latest-linux.yml"), "utf8"));
  expect(read).toMatchObject({ version: "9.0.0", path: "a.AppImage" });
  expect(updateProblem(read, feed)).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test("a package with a channel that is not https, or without a key, is not built", async () => {
  const channel = load(readFileSync(join(root, "src-main/hosts/electron/update-channel.yml"), "utf8")) as Record<
    string,
    never
  >;
  const { resolveFunction } = require("app-builder-lib/out/util/resolve") as {
    resolveFunction(
      type: string,
      executor: string,
      name: string,
    ): Promise<(context: unknown, environment: object) => void>;
  };
  const hook = await resolveFunction("module", join(root, channel.beforePack!), "beforePack");
  const environment = { OMNISAT_UPDATE_URL: feed.url, OMNISAT_UPDATE_PUBLIC_KEY: publicKey };
  expect(() => hook({}, environment)).not.toThrow();
  expect(() => hook({}, { ...environment, OMNISAT_UPDATE_URL: "http://updates.example" })).toThrow(
    "not an https address",
  );
  expect(() => hook({}, { ...environment, OMNISAT_UPDATE_PUBLIC_KEY: "" })).toThrow("no key");
  expect(() => hook({}, {})).toThrow("is no address");
});
