import type { RecentProject } from "../../../src-shared/ipc/app.ts";
import type { Electron } from "./electron-api.ts";
import type { Words } from "./words.ts";

export interface MenuActions {
  /** a command of the window's own registry, in the window in front */
  readonly command: (id: string) => void;
  readonly openFolder: (folder: string) => void;
  readonly clearRecent: () => void;
  readonly newWindow: () => void;
  readonly reload: () => void;
  /** only in packages that have an update channel */
  readonly checkForUpdates?: (() => void) | undefined;
}

export interface MenuFacts {
  readonly words: Words;
  readonly recent: readonly RecentProject[];
  readonly platform: NodeJS.Platform;
  /** is a window open to take commands? */
  readonly hasWindow: boolean;
  readonly packaged: boolean;
}

/**
 * The menu bar. What it does is done by the window's commands, so that the menu, the palette and the keys are one. The
 * window listens to the keys itself; where Electron allows it, the menu only shows them.
 */
export function menuTemplate(facts: MenuFacts, actions: MenuActions): Electron.MenuItemConstructorOptions[] {
  const { words, platform, packaged } = facts;
  const mac = platform === "darwin";
  const send = (label: string, id: string, accelerator?: string): Electron.MenuItemConstructorOptions => ({
    id,
    label,
    enabled: facts.hasWindow,
    ...(accelerator ? { accelerator, registerAccelerator: false } : {}),
    click: () => actions.command(id),
  });
  const line = { type: "separator" } as const;
  const about = send(words.about, "help.about");
  const settings = send(words.settings, "help.settings", "CmdOrCtrl+,");
  const template: (Electron.MenuItemConstructorOptions | false)[] = [
    mac && {
      label: "OmniSat Desktop",
      submenu: [
        about,
        line,
        settings,
        line,
        { role: "services" },
        line,
        { role: "hide" },
        { role: "hideOthers" },
        { role: "unhide" },
        line,
        { role: "quit" },
      ],
    },
    {
      id: "file",
      label: words.file,
      submenu: [
        send(words.newProject, "project.new", "CmdOrCtrl+N"),
        send(words.openProject, "project.open", "CmdOrCtrl+O"),
        {
          id: "recent",
          label: words.openRecent,
          submenu: recentItems(facts, actions),
          enabled: facts.recent.some(({ exists }) => exists),
        },
        line,
        { id: "newWindow", label: words.newWindow, accelerator: "CmdOrCtrl+Shift+N", click: actions.newWindow },
        send(words.closeProject, "project.close", "CmdOrCtrl+Shift+W"),
        { role: "close", label: words.closeWindow },
        ...(mac ? [] : [line, settings, line, { role: "quit", label: words.quit } as const]),
      ],
    },
    {
      id: "edit",
      label: words.edit,
      submenu: [
        send(words.undo, "edit.undo", "CmdOrCtrl+Z"),
        send(words.redo, "edit.redo", "CmdOrCtrl+Shift+Z"),
        line,
        { role: "cut", label: words.cut },
        { role: "copy", label: words.copy },
        { role: "paste", label: words.paste },
        { role: "selectAll", label: words.selectAll },
        line,
        send(words.palette, "help.palette", "CmdOrCtrl+K"),
      ],
    },
    {
      id: "view",
      label: words.view,
      submenu: [
        send(words.leftPanel, "view.dock.left"),
        send(words.bottomPanel, "view.dock.bottom"),
        send(words.rightPanel, "view.dock.right"),
        send(words.hidePanels, "view.docks", "F9"),
        line,
        { role: "zoomIn", label: words.zoomIn, accelerator: "CmdOrCtrl+Alt+Plus" },
        { role: "zoomOut", label: words.zoomOut, accelerator: "CmdOrCtrl+Alt+-" },
        { role: "resetZoom", label: words.zoomReset, accelerator: "CmdOrCtrl+Alt+0" },
        line,
        send(words.fullScreen, "view.fullScreen", "F11"),
        line,
        { label: words.reload, enabled: facts.hasWindow, click: actions.reload },
        ...(packaged ? [] : [{ role: "toggleDevTools", label: words.developerTools } as const]),
      ],
    },
    {
      id: "window",
      label: words.window,
      role: "window",
      submenu: [
        { role: "minimize", label: words.minimize },
        ...(mac ? [{ role: "zoom" } as const, line, { role: "front" } as const] : []),
      ],
    },
    {
      id: "help",
      label: words.help,
      role: "help",
      submenu: [
        send(words.guide, "help.guide", "F1"),
        send(words.shortcuts, "help.shortcuts", "?"),
        ...(actions.checkForUpdates
          ? [line, { id: "updates", label: words.checkForUpdates, click: actions.checkForUpdates }]
          : []),
        ...(mac ? [] : [line, about]),
      ],
    },
  ];
  return template.filter((item) => item !== false);
}

function recentItems({ recent, words }: MenuFacts, actions: MenuActions): Electron.MenuItemConstructorOptions[] {
  const there = recent.filter(({ exists }) => exists).slice(0, 10);
  return [
    ...there.map(({ folder, name }) => ({ label: `${name} — ${folder}`, click: () => actions.openFolder(folder) })),
    { type: "separator" },
    { label: words.clearRecent, enabled: there.length > 0, click: actions.clearRecent },
  ];
}
