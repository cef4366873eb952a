/** Tests of the window's logic: modules as the browser gets them (Svelte with its effects), without a document. */
export default {
  name: "window",
  viteEnvironment: "client",
  setup: () => ({ teardown() {} }),
};
