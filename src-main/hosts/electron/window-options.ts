import type { Electron } from "./electron-api.ts";
import { windowArgument } from "./names.ts";

export interface WindowPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a window is made: a page in a sandbox that knows nothing of Node.js, shown when it has something to show. */
export function windowOptions(
  name: string,
  {
    preload,
    place,
    dark,
    icon,
  }: { preload: string; place: WindowPlace | undefined; dark: boolean; icon: string | undefined },
): Electron.BrowserWindowConstructorOptions {
  return {
    ...(place ?? { width: 1440, height: 900 }),
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: "OmniSat Desktop",
    backgroundColor: dark ? "#17191b" : "#f6f7f7",
    ...(icon === undefined ? {} : { icon }),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      // A job's progress is drawn also while the window is behind others.
      backgroundThrottling: true,
      additionalArguments: [`${windowArgument}${name}`],
    },
  };
}

/** The place, when a good part of it lies on one of the screens that are there now. */
export function placeOnScreen(
  place: WindowPlace | undefined,
  screens: readonly WindowPlace[],
): WindowPlace | undefined {
  if (!place) return undefined;
  const seen = screens.some((screen) => {
    const width = Math.min(place.x + place.width, screen.x + screen.width) - Math.max(place.x, screen.x);
    const height = Math.min(place.y + place.height, screen.y + screen.height) - Math.max(place.y, screen.y);
    return width >= 200 && height >= 100;
  });
  return seen ? place : undefined;
}
