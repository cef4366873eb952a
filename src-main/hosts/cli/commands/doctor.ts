import { arch, cpus, freemem, platform, release, totalmem } from "node:os";
import type { ProviderChoice } from "../../../engine/index.ts";
import { appVersion, packageVersion } from "../../app-version.ts";
import { deviceMemory } from "../../device-memory.ts";
import { type Command, command } from "../command.ts";
import { table } from "../table.ts";

interface Part {
  readonly name: string;
  readonly ok: boolean;
  readonly what: string;
}

const doctor = command({
  name: "doctor",
  summary: "check this machine: the device that computes, memory, and whether every part loads",
  details:
    "Each provider is tried by running a small network and comparing the result with the processor's. Exit code 1 means that something the program needs does not work.",
  positionals: [],
  options: {
    provider: {
      type: "text",
      summary: "the preferred provider",
      choices: ["auto", "cpu", "webgpu", "cuda"],
      fallback: "auto",
    },
  },
  examples: [["omnisat doctor", "on any machine"]],
  async run({ options, output }) {
    const parts = await tryParts();
    const choice = parts.at(-1)!.ok ? await tryProviders(options.provider as "auto" | undefined) : undefined;
    const memory = {
      totalBytes: totalmem(),
      freeBytes: freemem(),
      processBytes: process.memoryUsage.rss(),
      devices: await deviceMemory(),
    };
    const ok = parts.every((part) => part.ok) && choice?.tried.find(({ provider }) => provider === "cpu")?.ok === true;
    const processor = cpus();
    output.result(
      {
        command: "doctor",
        ok,
        version: appVersion,
        node: process.versions.node,
        platform: `${platform()} ${arch()} ${release()}`,
        processor: { model: processor[0]?.model.trim() ?? "", cores: processor.length },
        memory,
        parts,
        provider: choice?.provider ?? null,
        reason: choice?.reason ?? null,
        tried: choice?.tried ?? [],
      },
      [
        `OmniSat Desktop ${appVersion} · Node.js ${process.versions.node} · ${platform()} ${arch()} ${release()}`,
        `Processor: ${processor[0]?.model.trim()}, ${processor.length} threads`,
        `Memory: ${gigabytes(memory.totalBytes)} GB, of which ${gigabytes(memory.freeBytes)} GB are free; this program holds ${Math.round(memory.processBytes / 1e6)} MB`,
        ...memory.devices.map(
          (device) =>
            `Device: ${device.name}, ${gigabytes(device.totalBytes)} GB, of which ${gigabytes(device.freeBytes)} GB are free`,
        ),
        "",
        table(
          ["part", "works", "what"],
          parts.map((part) => [part.name, part.ok ? "yes" : "NO", part.what]),
        ),
        ...(choice
          ? [
              "",
              table(
                ["provider", "works", "probe", "why"],
                choice.tried.map(({ provider, ok: works, milliseconds, why }) => [
                  provider,
                  works ? "yes" : "no",
                  milliseconds === null ? "–" : `${milliseconds.toFixed(1)} ms`,
                  why,
                ]),
              ),
              "",
              `Chosen: ${choice.provider}. ${choice.reason}`,
            ]
          : []),
        ok ? "Everything that is needed works." : "Something that is needed does not work: see NO above.",
      ].join("\n"),
    );
    return ok ? 0 : 1;
  },
});

async function attempt(name: string, work: () => Promise<string>): Promise<Part> {
  try {
    return { name, ok: true, what: await work() };
  } catch (error) {
    return { name, ok: false, what: error instanceof Error ? error.message.split("\n")[0]! : String(error) };
  }
}

/** Loads and uses what the program stands on; the runtime is tried by the probe of the processor. */
async function tryParts(): Promise<Part[]> {
  const health = () => import("../../../services/app/health.ts");
  return [
    await attempt("project database", async () => (await health()).tryDatabase()),
    await attempt("images", async () => (await health()).tryImages()),
    await attempt("engine", async () => {
      await import("../../../engine/index.ts");
      return `ONNX Runtime ${packageVersion("onnxruntime-node")}`;
    }),
  ];
}

async function tryProviders(prefer: "auto" | undefined): Promise<ProviderChoice> {
  const { chooseProvider } = await import("../../../engine/index.ts");
  return chooseProvider(prefer === undefined ? {} : { prefer });
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

export const doctorCommands: readonly Command[] = [doctor];
