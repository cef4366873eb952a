import { expect, test, vi } from "vitest";
import { type Standing, WebBridge } from "./web-bridge.ts";

/** A socket in memory: the test plays the host. */
class FakeSocket {
  static all: FakeSocket[] = [];
  readonly sent: unknown[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly address: string;
  constructor(address: string) {
    this.address = address;
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  says(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

function begin() {
  vi.useFakeTimers();
  FakeSocket.all = [];
  const standings: Standing[] = [];
  const onforgotten = vi.fn();
  const bridge = new WebBridge({
    address: new URL("http://127.0.0.1:4000/"),
    onstanding: (standing) => standings.push(standing),
    onforgotten,
    open: (address) => new FakeSocket(address) as unknown as WebSocket,
  });
  return { bridge, standings, onforgotten, socket: () => FakeSocket.all.at(-1)! };
}

test("requests wait for the greeting, answers find their request, errors keep their code", async () => {
  const { bridge, socket } = begin();
  const info = bridge.invoke("app.info", {});
  const missing = bridge.invoke("project.open", { folder: "/x" });
  expect(socket().address).toBe("ws://127.0.0.1:4000/rpc");
  expect(socket().sent).toEqual([]);
  socket().says({ hello: { session: "s1", lastRequest: 0 } });
  expect(socket().sent).toEqual([
    { id: 1, command: "app.info", request: {} },
    { id: 2, command: "project.open", request: { folder: "/x" } },
  ]);
  expect(bridge.pixels).toBe("http://127.0.0.1:4000/pixels/s1");
  socket().says({
    seq: 1,
    id: 2,
    error: { name: "AppError", message: "", code: "project-not-found", details: { folder: "/x" } },
  });
  socket().says({ seq: 2, id: 1, answer: { version: "1" } });
  await expect(info).resolves.toEqual({ version: "1" });
  await expect(missing).rejects.toMatchObject({ code: "project-not-found" });
});

test("an answer of nothing is an answer", async () => {
  const { bridge, socket } = begin();
  socket().says({ hello: { session: "s1", lastRequest: 0 } });
  const closed = bridge.invoke("project.close", {});
  socket().says({ seq: 1, id: 1 });
  await expect(closed).resolves.toBeUndefined();
});

test("a connection that comes back asks only what the host has not heard, and hears nothing twice", async () => {
  const { bridge, socket, standings, onforgotten } = begin();
  socket().says({ hello: { session: "s1", lastRequest: 0 } });
  const heard: unknown[] = [];
  bridge.subscribe("catalog.changed", (what) => heard.push(what));
  const first = bridge.invoke("app.info", {});
  socket().says({ seq: 1, topic: "catalog.changed", what: { table: "labels" } });
  socket().onclose?.();
  const second = bridge.invoke("app.settings", {});
  vi.advanceTimersByTime(300);
  expect(socket().address).toBe("ws://127.0.0.1:4000/rpc?session=s1&arrived=1");
  socket().says({ hello: { session: "s1", lastRequest: 1 } });
  expect(socket().sent).toEqual([{ id: 2, command: "app.settings", request: {} }]);
  socket().says({ seq: 1, topic: "catalog.changed", what: { table: "labels" } });
  socket().says({ seq: 2, id: 1, answer: "a" });
  socket().says({ seq: 3, id: 2, answer: "b" });
  await expect(Promise.all([first, second])).resolves.toEqual(["a", "b"]);
  expect(heard).toHaveLength(1);
  expect(standings).toEqual(["open", "broken", "open"]);
  expect(onforgotten).not.toHaveBeenCalled();
});

test("a host that has forgotten us fails what was under way with a sentence, and says so once", async () => {
  const { bridge, socket, onforgotten } = begin();
  socket().says({ hello: { session: "s1", lastRequest: 0 } });
  const lost = bridge.invoke("app.info", {});
  socket().onclose?.();
  vi.advanceTimersByTime(300);
  socket().says({ hello: { session: "s2", lastRequest: 0 } });
  await expect(lost).rejects.toMatchObject({ code: "connection-lost" });
  expect(onforgotten).toHaveBeenCalledOnce();
  expect(bridge.pixels).toBe("http://127.0.0.1:4000/pixels/s2");
});

test("what arrived is acknowledged, and a program that stays away is said to have stopped", () => {
  const { socket, standings } = begin();
  socket().says({ hello: { session: "s1", lastRequest: 0 } });
  socket().says({ seq: 1, topic: "settings.changed", what: {} });
  vi.advanceTimersByTime(600);
  expect(socket().sent).toEqual([{ arrived: 1 }]);
  for (let turn = 0; turn < 10; turn++) {
    socket().onclose?.();
    vi.advanceTimersByTime(5000);
  }
  expect(standings.at(-1)).toBe("gone");
});
