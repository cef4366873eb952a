import type { ProviderChoice } from "../../src-shared/domain/job.ts";
import { chooseProvider, type Provider } from "../engine/index.ts";

/** The provider for a job and why; the processor needs no probe. */
export async function providerFor(
  choice: ProviderChoice,
): Promise<{ readonly provider: Provider; readonly reason: string }> {
  if (choice === "cpu") return { provider: "cpu", reason: "chosen" };
  return chooseProvider(choice === "auto" ? {} : { prefer: choice });
}
