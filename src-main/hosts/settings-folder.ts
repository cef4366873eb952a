import { homedir } from "node:os";
import { join } from "node:path";

/** Where this person's settings and list of recent projects lie, by the custom of the system. `OMNISAT_SETTINGS` names another place. */
export function settingsFolder(
  platform: NodeJS.Platform = process.platform,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  if (environment.OMNISAT_SETTINGS) return environment.OMNISAT_SETTINGS;
  if (platform === "win32") return join(environment.APPDATA ?? join(home, "AppData", "Roaming"), "OmniSat Desktop");
  if (platform === "darwin") return join(home, "Library", "Application Support", "OmniSat Desktop");
  return join(environment.XDG_CONFIG_HOME ?? join(home, ".config"), "omnisat-desktop");
}
