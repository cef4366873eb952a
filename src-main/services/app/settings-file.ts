import { z } from "zod";
import type { Settings } from "../../../src-shared/ipc/app.ts";
import { readJsonFile, writeJsonFile } from "../../files/index.ts";

const shape = {
  language: z.enum(["system", "en", "fr"]),
  theme: z.enum(["system", "light", "dark"]),
  coordinates: z.enum(["project", "dd", "dms"]),
  notifications: z.boolean(),
} satisfies Record<keyof Settings, z.ZodType>;

/** Any of the settings; the others stay as they are. */
export const settingsSchema = z.strictObject(shape).partial();

const usual: Settings = { language: "system", theme: "system", coordinates: "project", notifications: true };

/** What the person set for all projects. What cannot be read has its usual value. */
export class SettingsFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  get(): Settings {
    const { data } = z.object(shape).partial().safeParse(readJsonFile(this.#path));
    return { ...usual, ...withoutGaps(data ?? {}) };
  }

  put(changes: Partial<Settings>): Settings {
    const settings = { ...this.get(), ...withoutGaps(changes) };
    writeJsonFile(this.#path, settings);
    return settings;
  }
}

function withoutGaps(values: { readonly [Key in keyof Settings]?: Settings[Key] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
