import { feedProblem } from "./update-trust.ts";

/**
 * electron-builder calls this before it packs with `update-channel.yml`: a package whose updates could be exchanged on their
 * way is not made.
 */
export default function check(_context: unknown, environment: NodeJS.ProcessEnv = process.env): void {
  const { OMNISAT_UPDATE_URL: url = "", OMNISAT_UPDATE_PUBLIC_KEY: publicKey = "" } = environment;
  const problem = feedProblem({ url, publicKey });
  if (problem !== undefined)
    throw new Error(
      `${problem} A package with an update channel needs OMNISAT_UPDATE_URL (https) and OMNISAT_UPDATE_PUBLIC_KEY (Ed25519, 32 bytes in base64).`,
    );
}
