import { registerHooks } from "node:module";

// Loaded before the built main process: where it imports Electron, it gets the fake and the person at its keyboard.
const url = new URL("./person.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url, shortCircuit: true } : next(specifier, context),
});
