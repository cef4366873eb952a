import { AppError } from "../../../src-shared/errors/index.ts";
import type { Services } from "../../services/services.ts";

/** The map of a name; the newest without one. `help` is the command line that explains the command. @throws AppError "usage" */
export async function mapNamed(services: Services, name: string | undefined, help: string): Promise<number> {
  const maps = await services["maps.list"]({});
  const found = name === undefined ? maps.at(-1) : maps.find((map) => map.name === name);
  if (found) return found.id;
  throw new AppError("usage", {
    problem:
      name === undefined
        ? "The project has no map yet. Draw one with omnisat map."
        : `There is no map “${name}”. There are: ${maps.map((map) => `“${map.name}”`).join(", ") || "none"}.`,
    help,
  });
}
