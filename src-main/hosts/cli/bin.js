#!/usr/bin/env node
// Where an installed package starts. Plain JavaScript that any Node understands, so that an old one gets a sentence instead of a
// syntax error; the programs are bundled into dist/cli (vite.config.ts).
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `omnisat needs Node.js 22.18 or newer; this is ${process.versions.node}. ` +
      "Install a newer Node.js, or start it with the one that comes with this project: npm run omnisat -- ...\n",
  );
  process.exitCode = 1;
} else {
  const program = new URL("../../../dist/cli/main.js", import.meta.url);
  import("node:fs").then(({ existsSync }) => {
    if (existsSync(program)) return import(program.href);
    process.stderr.write("omnisat is not built here. Build it with npm run build, or use npm run omnisat -- ...\n");
    process.exitCode = 1;
  });
}
