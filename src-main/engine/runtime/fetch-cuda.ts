// Gets the libraries that CUDA needs, by onnxruntime-node's own install step:  npm run fetch-cuda
// They are too large for the npm package. Linux on x64 with an NVIDIA driver and CUDA 12 can use them.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";

function say(sentence: string, code: number): void {
  (code === 0 ? process.stdout : process.stderr).write(`${sentence}\n`);
  process.exitCode = code;
}

/** Runs the package's install script and says in one sentence how it went. */
async function fetchCuda(): Promise<void> {
  if (platform() !== "linux" || arch() !== "x64") {
    say(
      `CUDA libraries exist for Linux on x64 only; this is ${platform()} on ${arch()}. Use WebGPU or the processor here.`,
      1,
    );
    return;
  }
  const folder = join(dirname(createRequire(import.meta.url).resolve("onnxruntime-node")), "..");
  process.stdout.write("Fetching the CUDA 12 libraries of onnxruntime (several hundred megabytes) …\n");
  // The install script's HTTP client reads its own name for the proxy.
  const proxy = process.env.GLOBAL_AGENT_HTTPS_PROXY ?? process.env.HTTPS_PROXY ?? process.env.https_proxy;
  const child = spawn(process.execPath, [join(folder, "script", "install.js")], {
    cwd: folder,
    stdio: ["ignore", "inherit", "pipe"],
    // “true” asks for all that this platform can have, which is CUDA 12; the script of 1.30 reads “cuda12” but forgets it.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "true", ...(proxy ? { GLOBAL_AGENT_HTTPS_PROXY: proxy } : {}) },
  });
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-4000);
  });
  const code = await new Promise<number>((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (status) => resolve(status ?? 1));
  });
  const library = join(folder, "bin", "napi-v6", "linux", "x64", "libonnxruntime_providers_cuda.so");
  if (code === 0 && existsSync(library)) {
    say("Done. `npm run omnisat -- doctor` shows whether CUDA gives correct results here.", 0);
    return;
  }
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|EHOSTUNREACH|fetch failed/.test(
    complaint,
  );
  const why = offline
    ? "the server could not be reached. Connect to the internet, or set HTTPS_PROXY behind a proxy, and try again"
    : `the install step failed (${lastLine(complaint) || `code ${code}`})`;
  say(
    `The CUDA libraries were not fetched: ${why}. Nothing else is affected: the processor and WebGPU work without them.`,
    1,
  );
}

/** The line of a stack trace that says what went wrong. */
const lastLine = (complaint: string): string =>
  complaint
    .split("\n")
    .find((line) => /Error:/.test(line))
    ?.trim() ?? "";

await fetchCuda();
