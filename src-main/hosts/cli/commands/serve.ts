import { AppError } from "../../../../src-shared/errors/index.ts";
import { type Command, command } from "../command.ts";

const serveCommand = command({
  name: "serve",
  summary: "serve the window to a browser on this machine",
  details:
    "The window is served on loopback only, and the address works only with its token, so that neither other machines nor other sites in your browser can use it. On a workstation reached through SSH, forward the port (ssh -L 8137:127.0.0.1:8137 workstation) and open the address at home. In the window, files are chosen on the machine that serves, below the allowed folders and nowhere else. Ctrl+C ends it; running jobs stop at their next step and can be resumed.",
  positionals: [],
  options: {
    port: { type: "integer", value: "PORT", summary: "the port (default: any free one)" },
    allow: {
      type: "list",
      value: "FOLDER",
      summary: "folders that the window may read and write (default: your home folder)",
    },
    project: { type: "text", value: "FOLDER", summary: "the project that the window shows first" },
    open: { type: "flag", summary: "open the address in a browser (default: where there is a screen and no SSH)" },
    "no-open": { type: "flag", summary: "print the address and open no browser" },
  },
  examples: [
    ["omnisat serve", "open the window in your browser"],
    [
      "omnisat serve --port 8137 --allow /data/imagery,/data/projects --no-open",
      "on a workstation reached through SSH",
    ],
    ["omnisat serve --project flanders", "with a project"],
  ],
  async run({ options, output, signal }) {
    const { port } = options;
    if (port !== undefined && (port < 0 || port > 65535)) {
      throw new AppError("usage", {
        problem: `${port} is no port: ports go from 1 to 65535.`,
        help: "omnisat serve --help",
      });
    }
    const [{ serve }, { hasScreen, openBrowser }] = await Promise.all([
      import("../../web/serve.ts"),
      import("../../web/open-browser.ts"),
    ]);
    const { allow, project } = options;
    const serving = await serve({
      ...(port === undefined ? {} : { port }),
      ...(allow === undefined ? {} : { allow }),
      ...(project === undefined ? {} : { project }),
    });
    const { address, roots } = serving;
    output.result(
      { command: "serve", address, port: serving.port, allowed: roots },
      [
        `OmniSat Desktop is served at ${address}`,
        `Files: ${roots.join(", ")}${allow === undefined ? " (choose others with --allow)" : ""}. Ctrl+C ends it.`,
      ].join("\n"),
    );
    const page =
      options.open || (!options["no-open"] && !output.json && hasScreen()) ? await openBrowser(address) : null;
    if (page && !page.opened) output.warn(new AppError("browser-not-opened", { address }).message);
    try {
      await ended(signal);
    } finally {
      page?.forget();
      await serving.close();
    }
    return 0;
  },
});

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

export const serveCommands: readonly Command[] = [serveCommand];
