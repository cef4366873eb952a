import { expect, test } from "vitest";
import { notices } from "../ui/notices.svelte.ts";
import { addCommands, type Command, commandOf, run, shortcutOf } from "./commands.ts";

const done: string[] = [];
const command = (id: string, more: Partial<Command> = {}): Command => ({
  id,
  group: "help",
  title: "help.title",
  run: () => void done.push(id),
  ...more,
});

test("a command is found and run by its id, whoever added it", async () => {
  expect(commandOf("test.add")).toBeUndefined();
  addCommands([command("test.add", { shortcut: "Mod+Shift+F" })]);
  expect(shortcutOf("test.add")).toBe("Mod+Shift+F");
  await run("test.add");
  expect(done).toEqual(["test.add"]);
  expect(() => addCommands([command("test.add")])).toThrow("Two commands are called test.add");
});

test("what is not possible now is not run", async () => {
  let possible = false;
  addCommands([command("test.later", { when: () => possible })]);
  await run("test.later");
  expect(done).not.toContain("test.later");
  possible = true;
  await run("test.later");
  expect(done).toContain("test.later");
});

test("a command that fails, or that nobody added, becomes a notice", async () => {
  const before = notices.list.length;
  addCommands([command("test.fails", { run: () => Promise.reject(new Error("no disk")) })]);
  await run("test.fails");
  expect(notices.list).toHaveLength(before + 1);
  await run("test.nobody");
  expect(notices.list).toHaveLength(before + 2);
});
