/** Names that the main process, the preload and the window share. */
export const windowAddress = "app://omnisat/index.html";
export const windowOrigin = "app://omnisat";
export const channels = { invoke: "omnisat:invoke", tell: "omnisat:tell" } as const;

/** The argument that gives a window its own name, which is also the host of its pixels: `raster://<name>/…`. */
export const windowArgument = "--omnisat-window=";
