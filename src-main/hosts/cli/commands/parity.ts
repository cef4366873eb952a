import { type Command, command } from "../command.ts";

const parity = command({
  name: "parity",
  summary: "compare our network with reference numbers of the official code",
  details:
    "Reads folders of tensors with a manifest.json, computes the same and prints, per tensor, the largest difference relative to the tensor's largest magnitude. Forwards and losses may differ by 1e-4, gradients by 1e-3. The last line is the verdict; the exit code is 0 or 1.",
  positionals: [{ name: "FOLDER", summary: "folders of reference tensors", many: true }],
  options: {},
  examples: [
    ["npm run --silent omnisat -- parity reference/treesat_small", "one folder"],
    ["omnisat parity reference/treesat_full reference/pastis_full --json", "several, for a program"],
  ],
  async run({ words, output, signal }) {
    const [{ parity: compare }, { formatLine }] = await Promise.all([
      import("../../../omnisat/parity/parity.ts"),
      import("../../../omnisat/parity/compare.ts"),
    ]);
    const verdicts: { readonly folder: string; readonly ok: boolean; readonly verdict: string }[] = [];
    for (const folder of words) {
      if (words.length > 1) output.text(folder);
      const { ok, verdict } = await compare(folder, {
        signal,
        report: (line) => output.event("tensor", { folder, ...line }, formatLine(line)),
      });
      verdicts.push({ folder, ok, verdict });
      if (words.length > 1) output.event("folder", { folder, ok, verdict }, `${folder}: ${verdict}`);
    }
    const ok = verdicts.every((one) => one.ok);
    const failed = verdicts.filter((one) => !one.ok).map(({ folder }) => folder);
    const verdict =
      verdicts.length === 1
        ? verdicts[0]!.verdict
        : ok
          ? `parity: ok. All ${verdicts.length} folders agree`
          : `parity: failed. ${failed.length} of ${verdicts.length} folders differ: ${failed.join(", ")}`;
    output.result({ command: "parity", ok, verdict }, verdict);
    return ok ? 0 : 1;
  },
});

export const parityCommands: readonly Command[] = [parity];
