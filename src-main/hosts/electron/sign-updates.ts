import { createPrivateKey } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { signatureOf, type UpdateInfo } from "./update-trust.ts";

// After electron-builder: `OMNISAT_UPDATE_PRIVATE_KEY=key.pem node src-main/hosts/electron/sign-updates.ts dist/package` signs every
// latest*.yml there. `openssl genpkey -algorithm ed25519 -out key.pem` makes a key;
// `openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | base64` prints OMNISAT_UPDATE_PUBLIC_KEY.

/** Adds our signature to every description of a version in `folder`; returns their names. */
export function signUpdates(folder: string, privateKeyPem: string): string[] {
  const { load, dump } = createRequire(import.meta.url)("js-yaml") as {
    load(text: string): UpdateInfo;
    dump(value: unknown, options: { lineWidth: number }): string;
  };
  const key = createPrivateKey(privateKeyPem);
  const names = readdirSync(folder).filter((name) => /^latest.*\.yml$/.test(name));
  for (const name of names) {
    const info = load(readFileSync(join(folder, name), "utf8"));
    writeFileSync(join(folder, name), dump({ ...info, omnisatSignature: signatureOf(info, key) }, { lineWidth: -1 }));
  }
  return names;
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? "")).href) {
  const [folder] = process.argv.slice(2);
  const key = process.env.OMNISAT_UPDATE_PRIVATE_KEY;
  if (folder === undefined || key === undefined)
    throw new Error("OMNISAT_UPDATE_PRIVATE_KEY=key.pem sign-updates.ts FOLDER");
  console.log(`Signed: ${signUpdates(folder, readFileSync(key, "utf8")).join(", ") || "nothing"}`);
}
