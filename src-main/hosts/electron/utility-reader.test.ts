import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { FromReader, ReaderChild, ReaderEnd } from "../../services/reading/reading.ts";
import { FakeElectron } from "./fake/electron.ts";
import { utilityReader } from "./utility-reader.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/parcels.gpkg");

test("files are read in a utility process, with the memory that was given, and it can be killed", async () => {
  const fake = new FakeElectron();
  const launch = utilityReader(fake.api.utilityProcess, fileURLToPath(new URL("./reader-entry.ts", import.meta.url)));
  const input = { path: sample, options: {} };
  const plenty = { work: 60_000, silentWork: 60_000, memory: 1000 };
  let child: ReaderChild | undefined;
  let ended = (_: ReaderEnd) => {};
  const end = new Promise<ReaderEnd>((resolve) => {
    ended = resolve;
  });
  const output = await new Promise<unknown>((resolve, reject) => {
    const message = (said: FromReader) => {
      if (said.type === "ready") child!.tell({ type: "work", name: "facts", input, before: plenty, after: plenty });
      else if (said.type === "done") resolve(said.output);
      else if (said.type === "failed") reject(new Error(JSON.stringify(said.error)));
    };
    child = launch({ heap: 300, env: process.env }, { message, ended });
  });
  expect(output).toMatchObject({ crs: expect.any(String), count: expect.any(Number) });
  expect(fake.forks[0]!.options.execArgv).toEqual(["--max-old-space-size=300"]);
  child!.kill();
  expect(await end).toEqual({ code: 9 });
}, 120_000);
