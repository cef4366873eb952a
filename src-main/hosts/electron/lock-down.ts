import type { Electron, ElectronApi } from "./electron-api.ts";
import { windowOrigin } from "./names.ts";

/** What the window itself uses: the copy button, a message when a job ends, the map over the whole screen. */
const permitted: ReadonlySet<string> = new Set(["clipboard-sanitized-write", "notifications", "fullscreen"]);

const ours = (url: string): boolean =>
  URL.canParse(url) && `${new URL(url).protocol}//${new URL(url).host}` === windowOrigin;

/** Permissions that are not listed (camera, location, devices) are refused, and all permissions for other pages. */
export function lockSession(session: Electron.Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(permitted.has(permission) && ours(requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => permitted.has(permission) && ours(origin));
  session.setDevicePermissionHandler(() => false);
  session.on("select-serial-port", (event) => event.preventDefault());
  session.on("select-hid-device", (event) => event.preventDefault());
  // Nothing of the window comes from a network; a spell checker would fetch dictionaries from one.
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !/^(app|raster|blob|data|devtools):/.test(details.url) });
  });
}

/** No page may navigate, open a window or embed another page. */
export function lockContents({ app }: Pick<ElectronApi, "app">): void {
  app.on("web-contents-created", (_created, contents) => {
    contents.on("will-navigate", (event) => event.preventDefault());
    contents.on("will-frame-navigate", (event) => event.preventDefault());
    contents.on("will-redirect", (event) => event.preventDefault());
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
  });
  app.on("certificate-error", (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
}

/** Did this message come from the page of a window of ours, and not from a frame within it or a page it was led to? */
export function trusted(event: Pick<Electron.IpcMainInvokeEvent, "sender" | "senderFrame">): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && ours(frame.url);
}
