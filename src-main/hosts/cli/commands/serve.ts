import { type Command, command } from "../command.ts";

const serveCommand = command({
  name: "serve",
  summary: "serve the window to a browser on this machine",
  details:
    "The address that is printed works in a browser on this machine only, and only with its token. On a workstation reached through SSH, forward the port: ssh -L 8137:127.0.0.1:8137 workstation. The browser can choose files below the allowed folders, and nothing else. Ctrl+C ends it; running jobs can be resumed.",
  positionals: [],
  options: {
    port: { type: "integer", summary: "the port; any free one when none is named" },
    "no-open": { type: "flag", summary: "print the address and open no browser" },
    allow: {
      type: "list",
      value: "FOLDER",
      summary: "folders that the browser may read and write (default: your home folder)",
    },
  },
  examples: [
    ["omnisat serve", "prints the address"],
    ["omnisat serve --port 8137 --allow /data/imagery,/data/projects", "on a workstation"],
  ],
  async run({ options, output, signal }) {
    const { serve } = await import("../../web/serve.ts");
    const serving = await serve({
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.allow === undefined ? {} : { allow: options.allow }),
    });
    output.result(
      { command: "serve", address: serving.address, allowed: serving.roots },
      `OmniSat Desktop is at ${serving.address}`,
    );
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await serving.close();
    return 0;
  },
});

export const serveCommands: readonly Command[] = [serveCommand];
