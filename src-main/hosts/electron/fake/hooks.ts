import { registerHooks } from "node:module";

// Loaded before the built main process: its import of Electron gets the fake with a simulated user.
const url = new URL("./person.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url, shortCircuit: true } : next(specifier, context),
});
