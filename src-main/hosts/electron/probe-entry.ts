import { type Provider, probeInProcess } from "../../engine/index.ts";

// One probe in a utility process: says what came of it, and waits to be ended.
const provider = process.argv.at(-1) as Provider;
process.parentPort.postMessage(await probeInProcess(provider));
