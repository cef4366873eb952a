import type { ProviderChoice } from "../../src-shared/domain/job.ts";
import { chooseProvider, type Provider } from "../engine/index.ts";

/** Where something is computed, and why there. */
export interface Computing {
  readonly provider: Provider;
  readonly reason: string;
}

/** A machine does not change while a process lives: each choice is tried once. */
const known = new Map<ProviderChoice, Promise<Computing>>();

/** The provider for a job and why; the processor needs no probe. */
export async function providerFor(choice: ProviderChoice): Promise<Computing> {
  if (choice === "cpu") return { provider: "cpu", reason: "chosen" };
  const found = known.get(choice) ?? chooseProvider(choice === "auto" ? {} : { prefer: choice });
  known.set(choice, found);
  return found;
}
