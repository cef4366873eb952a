import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Host, startHost } from "./host.ts";
import { openSecondWindow } from "./second-window.ts";

let prepared: Promise<string> | undefined;

/**
 * The sample as a project, made once per worker as a person would make it; journeys get copies, since a project can be
 * moved. Making it reads 72 dates and takes seconds; a copy does not.
 */
export function prepareSample(): Promise<string> {
  prepared ??= (async () => {
    const place = mkdtempSync(join(tmpdir(), "omnisat-sample-"));
    process.on("exit", () => rmSync(place, { recursive: true, force: true }));
    const host = await startHost({ room: place, keep: true });
    const window = await openSecondWindow(host.address);
    const folder = join(host.folder, "sample");
    await window.invoke("project.sample", { folder });
    window.close();
    await host.close();
    return folder;
  })();
  return prepared;
}

/** A host whose windows show a copy of the sample from the start, in a folder with an awkward name unless another is given. */
export async function startHostWithSample(
  name = "Flandres, été n° 1",
): Promise<{ readonly host: Host & { readonly project: string }; readonly folder: string }> {
  const sample = await prepareSample();
  const room = mkdtempSync(join(tmpdir(), "omnisat-journey-"));
  const folder = join(room, "files", name);
  mkdirSync(join(room, "files"));
  cpSync(sample, folder, { recursive: true });
  return { host: { ...(await startHost({ room, arguments: ["--project", folder] })), project: folder }, folder };
}
