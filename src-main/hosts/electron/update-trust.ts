import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { type Words, wordsFor } from "./words.ts";

/** Where a package looks for newer ones, and the key that says they are ours. Both are part of the package. */
export interface UpdateFeed {
  readonly url: string;
  /** Ed25519, the 32 bytes of the public key in base64 */
  readonly publicKey: string;
}

/** What `latest*.yml` says of a version: electron-updater checks what it fetches against these hashes. */
export interface UpdateInfo {
  readonly version: string;
  readonly files?: readonly { readonly url: string; readonly sha512: string }[] | undefined;
  /** over `signedText`, in base64; written by `sign-updates.ts` */
  readonly omnisatSignature?: unknown;
}

const english: Words["updateDoubts"] = wordsFor("en", "en").updateDoubts;

/** Why updates from there must not be looked for; `undefined` when they may. */
export function feedProblem({ url, publicKey }: UpdateFeed, say = english): string | undefined {
  const address = URL.parse(url);
  if (!address) return say.noAddress(url);
  if (address.protocol !== "https:") return say.notHttps(url);
  if (address.username !== "" || address.password !== "") return say.password;
  return keyOf(publicKey) ? undefined : say.noKey;
}

/** Why this version must not be fetched; `undefined` when it is signed with the package's key. */
export function updateProblem(info: UpdateInfo, { publicKey }: UpdateFeed, say = english): string | undefined {
  const key = keyOf(publicKey);
  const { files = [], omnisatSignature } = info;
  if (!key) return say.noKey;
  if (files.length === 0) return say.noFiles;
  for (const { url } of files) {
    const address = URL.parse(url);
    if (address && address.protocol !== "https:") return say.notHttps(url);
  }
  if (typeof omnisatSignature !== "string") return say.notSigned;
  const good = verify(null, Buffer.from(signedText(info)), key, Buffer.from(omnisatSignature, "base64"));
  return good ? undefined : say.notOurs;
}

/** Version, names and hashes of all files: changing any of them takes the key. */
function signedText({ version, files = [] }: UpdateInfo): string {
  return JSON.stringify(["omnisat-update/1", version, files.map(({ url, sha512 }) => [url, sha512])]);
}

export const signatureOf = (info: UpdateInfo, privateKey: KeyObject): string =>
  sign(null, Buffer.from(signedText(info)), privateKey).toString("base64");

function keyOf(publicKey: string): KeyObject | undefined {
  try {
    const raw = Buffer.from(publicKey, "base64");
    if (raw.length !== 32) return undefined;
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
  } catch {
    return undefined;
  }
}

/** The address in `app-update.yml`, which electron-builder writes on one line. */
export const channelAddress = (yaml: string): string => (/^url:\s*(['"]?)(.*?)\1\s*$/m.exec(yaml)?.[2] ?? "").trim();
