import { chromium } from "@playwright/test";
import { launchOptions } from "../harness/browser.ts";
import { startHost } from "../harness/host.ts";
import { expect, test } from "../harness/journey.ts";
import { startHostWithSample } from "../harness/sample-host.ts";
import { openSecondWindow } from "../harness/second-window.ts";
import { openTunnel } from "../harness/tunnel.ts";

// What the window does when its connection breaks, its host is killed, or another page or window sends requests.

const bounds = { minX: 574700, minY: 5621900, maxX: 574900, maxY: 5622100 };
const undo = /^Undo/;

test("a connection that breaks is made again by itself, and what happened meanwhile is shown", async ({ page }) => {
  const { host } = await startHostWithSample();
  const tunnel = await openTunnel(host.address);
  await page.goto(tunnel.address);
  await expect(page.getByRole("button", { name: undo })).toBeDisabled();
  tunnel.break();
  await expect(page.getByRole("status").filter({ hasText: /reconnect|connection/i })).toBeVisible();
  const other = await openSecondWindow(host.address);
  await other.invoke("bookmarks.add", { name: "Meanwhile", bounds });
  tunnel.mend();
  await expect(page.getByRole("button", { name: undo })).toBeEnabled();
  await expect(page.getByRole("status").filter({ hasText: /reconnect|connection/i })).toBeHidden();
  await page.getByRole("button", { name: undo }).click();
  await expect.poll(() => other.invoke("bookmarks.list", {})).toEqual([]);
  other.close();
  tunnel.close();
  await host.close();
});

test("two windows on one project show each other's edits, and undo them", async ({ page, context }) => {
  const { host } = await startHostWithSample();
  const second = await context.newPage();
  await Promise.all([page.goto(host.address), second.goto(host.address)]);
  const other = await openSecondWindow(host.address);
  await other.invoke("bookmarks.add", { name: "Here", bounds });
  await expect(page.getByRole("button", { name: undo })).toBeEnabled();
  await second.getByRole("button", { name: undo }).click();
  await expect(page.getByRole("button", { name: undo })).toBeDisabled();
  await expect(page.getByRole("button", { name: /^Redo/ })).toBeEnabled();
  other.close();
  await host.close();
});

test("kill -9 of the whole program during edits loses none that was answered, and its undo history neither", async ({
  page,
}) => {
  const { host, folder } = await startHostWithSample();
  await page.goto(host.address);
  const other = await openSecondWindow(host.address);
  const answered: string[] = [];
  const writing = (async () => {
    for (let i = 1; i <= 500; i++) {
      await other.invoke("bookmarks.add", { name: `Place ${i}`, bounds });
      answered.push(`Place ${i}`);
    }
  })().catch(() => {});
  await expect.poll(() => answered.length).toBeGreaterThan(20);
  host.child.kill("SIGKILL");
  await writing;
  expect(answered.length).toBeLessThan(500);

  const again = await startHost({ room: host.room, arguments: ["--project", folder] });
  const window = await openSecondWindow(again.address);
  const kept = (await window.invoke("bookmarks.list", {})).map(({ name }) => name);
  expect(answered.filter((name) => !kept.includes(name))).toEqual([]);
  await page.goto(again.address);
  await page.getByRole("button", { name: undo }).click();
  await expect.poll(async () => (await window.invoke("bookmarks.list", {})).length).toBe(kept.length - 1);
  window.close();
  await again.close();
  await host.close();
});

test("a page under another host name is refused, even when it leads to this host and has the token", async () => {
  const host = await startHost();
  const browser = await chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), "--host-resolver-rules=MAP evil.test 127.0.0.1"],
  });
  const page = await browser.newPage();
  const { port, search } = new URL(host.address);
  const answer = await page.goto(`http://evil.test:${port}/${search}`);
  expect(answer?.status()).toBe(421);
  await page.goto(host.address);
  await page.waitForURL((url) => url.search === "");
  // Now this browser holds the cookie; another site still cannot use it.
  await page.goto(`http://evil.test:${port}/`);
  const reached = await page.evaluate(
    (origin) =>
      Promise.all([
        fetch(`${origin}/index.html`).then(
          () => "answered",
          () => "refused",
        ),
        new Promise((resolve) => {
          const socket = new WebSocket(`${origin.replace("http", "ws")}/rpc`);
          socket.onopen = () => resolve("answered");
          socket.onerror = () => resolve("refused");
        }),
      ]),
    new URL(host.address).origin,
  );
  expect(reached).toEqual(["refused", "refused"]);
  await browser.close();
  await host.close();
});
