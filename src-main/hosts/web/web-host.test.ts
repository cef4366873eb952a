import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as ask, type IncomingMessage, type RequestOptions } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { SendToWindow, WindowSession } from "../../services/app/application.ts";
import { receiveUpload } from "../../services/app/uploads.ts";
import { WebHost } from "./web-host.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-web-"));
const renderer = join(room, "renderer");
const project = { folder: join(room, "project"), readOnly: false };
const script = `export const answer = ${JSON.stringify("42 ".repeat(2000))};`;
const tells: SendToWindow[] = [];
const closed: string[] = [];
let release = (): void => {};

/** As a worker's error comes: with the stack of another thread in its words. */
const exploded = () =>
  new RangeError(`Invalid array length\n    at widen (${import.meta.url}:3:7)\n    at async file:///b/c.ts:1:2`);
const places = /\bat (?:async |widen|new |Object)|\.ts:\d+:\d+|node:internal|stack/;

/** A session with test commands behind the real connection. */
function openSession(tell: SendToWindow): WindowSession {
  const number = tells.push(tell);
  const session = {
    async invoke(command: string, request: unknown) {
      if (command === "fail") throw new AppError("file-missing", { path: "/a b" });
      if (command === "explode") throw exploded();
      if (command === "twisted") return { size: 10n };
      if (command === "tell-all")
        throw new AppError("folder-unreadable", { path: "/a", detail: exploded() as unknown as string });
      if (command === "wait")
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      return { command, request, number };
    },
    async pixels(path: string) {
      if (path === "/explode") throw exploded();
      if (path === "/missing") throw new AppError("layer-not-found", { id: path });
      return {
        status: 200,
        headers: { "Content-Type": "application/octet-stream" },
        body: Buffer.from(`pixels of ${path}`),
      };
    },
    close: () => closed.push(String(number)),
  };
  return session as unknown as WindowSession;
}

mkdirSync(join(renderer, "assets"), { recursive: true });
const host = new WebHost({
  renderer,
  openSession,
  receive: (_session, batch, name, content) => receiveUpload(project, { batch, name, content }),
  patienceMilliseconds: 400,
});

beforeAll(async () => {
  writeFileSync(join(renderer, "index.html"), "<!doctype html><title>OmniSat</title>");
  writeFileSync(join(renderer, "assets/app-1a2b.js"), script);
  writeFileSync(join(room, "secret.txt"), "secret");
  // Written after the host was made: a window that is built anew is found.
  await host.listen();
});
afterAll(async () => {
  await host.close();
  rmSync(room, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Asks as anything could: with any Host, any path as it is. */
function get(
  path: string,
  headers: Record<string, string> = {},
  more: RequestOptions & { body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, ...options } = more;
    const call = ask({ host: "127.0.0.1", port: host.port, path, headers, ...options }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(parts).toString("latin1"),
        }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}

const token = () => new URL(host.address).searchParams.get("token")!;
let held = "";
/** What the browser of these tests got for the token. */
const cookie = () => held;
beforeAll(async () => {
  const { headers } = await get(`/?token=${token()}`);
  held = headers["set-cookie"]![0]!.split(";")[0]!;
});
const known = (headers: Record<string, string> = {}) => ({ cookie: cookie(), ...headers });

test("the printed address gives the browser its token as a cookie that no script and no other site gets", async () => {
  const { status, headers, body } = await get(`/?token=${token()}`);
  expect(status).toBe(200);
  const [own] = headers["set-cookie"]!;
  expect(own).toMatch(
    new RegExp(`^omnisat-${host.port}=${host.port}\\.[\\w-]{32}; HttpOnly; SameSite=Strict; Path=/$`),
  );
  expect(own).not.toContain(token());
  expect(own).not.toContain(cookie());
  expect(body).toContain('content="0;url=./"');
  expect(body).not.toContain(token());
  expect(headers["cache-control"]).toBe("no-store");
  expect((await get("/", known())).body).toContain("OmniSat");
});

test("without the token there is nothing but a sentence", async () => {
  const wrong = `${token().slice(0, -1)}${token().endsWith("x") ? "y" : "x"}`;
  for (const [path, headers] of [
    ["/", {}],
    ["/assets/app-1a2b.js", {}],
    ["/?token=", {}],
    [`/?token=${wrong}`, {}],
    ["/", { cookie: `omnisat-${host.port}=${wrong}` }],
    // the token is no cookie
    ["/", { cookie: `omnisat-${host.port}=${token()}` }],
    ["/", { cookie: cookie().replace(`omnisat-${host.port}`, `omnisat-${host.port + 1}`) }],
    ["/", { cookie: cookie().replace(`=${host.port}.`, `=${host.port + 1}.`) }],
    ["/", { cookie: `omnisat-${host.port}=${host.port}.` }],
    [`/assets/app-1a2b.js?token=${token()}`, {}],
  ] as const) {
    const { status, body } = await get(path, headers);
    expect([status, body]).toEqual([403, expect.stringContaining("Open the whole address")]);
  }
});

test("another name for this machine, another site and another port are turned away, also with the token", async () => {
  const { port } = host;
  const verdict = async (headers: Record<string, string>) => (await get("/", known(headers))).status;
  expect(await verdict({ host: `evil.example:${port}` })).toBe(421);
  expect(await verdict({ host: "evil.example" })).toBe(421);
  expect(await verdict({ host: `127.0.0.1.evil.example:${port}` })).toBe(421);
  expect((await get(`/?token=${token()}`, { host: `evil.example:${port}` })).status).toBe(421);
  expect(await verdict({ host: `localhost:${port}` })).toBe(200);
  // the near end of an SSH tunnel
  expect(await verdict({ host: "localhost:9000", origin: "http://localhost:9000" })).toBe(200);
  expect(await verdict({ origin: "https://evil.example" })).toBe(403);
  expect(await verdict({ origin: "null" })).toBe(403);
  expect(await verdict({ origin: `http://127.0.0.1:${port + 1}` })).toBe(403);
  expect(await verdict({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await verdict({ "sec-fetch-site": "same-site" })).toBe(403);
  expect(await verdict({ "sec-fetch-site": "same-origin" })).toBe(200);
});

test("a cookie of one host opens no other, on another port or after a restart", async () => {
  const other = new WebHost({ renderer, openSession: () => Promise.reject(new Error("nobody comes")) as never });
  await other.listen();
  try {
    const ask = (value: string) =>
      get("/", { cookie: `omnisat-${other.port}=${value}`, host: `127.0.0.1:${other.port}` }, { port: other.port });
    const value = cookie().split("=")[1]!;
    expect((await ask(value)).status).toBe(403);
    expect((await ask(value.replace(String(host.port), String(other.port)))).status).toBe(403);
  } finally {
    await other.close();
  }
});

test("it listens on loopback, and on nothing else", async () => {
  const { networkInterfaces } = await import("node:os");
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  for (const { address } of others) {
    await expect(get("/", known(), { host: address, timeout: 2000 })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  }
  const six = await get("/", known({ host: `[::1]:${host.port}` }), { host: "::1" }).catch(
    (error: { code: string }) => error,
  );
  expect("code" in six ? six.code : six.status).toSatisfy(
    (value) => value === 200 || value === "ECONNREFUSED" || value === "EADDRNOTAVAIL",
  );
});

test("every answer carries the headers that keep other sites out", async () => {
  for (const path of ["/", "/nothing", `/?token=${token()}`]) {
    const { headers } = await get(path, known());
    const policy = headers["content-security-policy"] as string;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|http:/);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  }
});

test("no name climbs out of the window's folder", async () => {
  for (const path of [
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//secret.txt",
    "/%00",
    "/%zz",
    "http://evil.example/",
  ]) {
    const { status, body } = await get(path, known());
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("secret\n");
  }
});

test("files are compressed, kept for ever when their name says what they hold, and not sent twice", async () => {
  const path = "/assets/app-1a2b.js";
  const plain = await get(path, known());
  expect(plain.body).toBe(script);
  expect(plain.headers["cache-control"]).toContain("immutable");
  const small = await get(path, known({ "accept-encoding": "gzip, br" }));
  expect(small.headers["content-encoding"]).toBe("br");
  expect(small.body.length).toBeLessThan(200);
  expect((await get(path, known({ "accept-encoding": "gzip, br;q=0" }))).headers["content-encoding"]).toBe("gzip");
  const again = await get(path, known({ "if-none-match": plain.headers.etag as string }));
  expect([again.status, again.body]).toEqual([304, ""]);
  const page = await get("/", known());
  expect(page.headers["cache-control"]).toBe("no-cache");
  const head = await get(path, known(), { method: "HEAD" });
  expect([head.status, head.body, Number(head.headers["content-length"])]).toEqual([200, "", script.length]);
  expect((await get("/", known(), { method: "DELETE" })).status).toBe(405);
});

test("a file of the window that a new build took away is not found", async () => {
  const old = join(renderer, "assets/old-3c4d.js");
  writeFileSync(old, script);
  expect((await get("/assets/old-3c4d.js", known())).status).toBe(200);
  rmSync(old);
  expect((await get("/assets/old-3c4d.js", known())).status).toBe(404);
});

/** A window as a browser has one: it says hello, and numbers its messages. */
async function connect(
  search = "",
  headers: Record<string, string> = known(),
): Promise<{ socket: WebSocket; heard: Record<string, unknown>[]; next(): Promise<Record<string, unknown>> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc${search}`, {
    headers,
    origin: `http://127.0.0.1:${host.port}`,
  });
  const heard: Record<string, unknown>[] = [];
  const waiting: ((message: Record<string, unknown>) => void)[] = [];
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as Record<string, unknown>;
    heard.push(message);
    waiting.shift()?.(message);
  });
  await once(socket, "open");
  return { socket, heard, next: () => new Promise((resolve) => waiting.push(resolve)) };
}

const helloOf = (message: Record<string, unknown>) => message.hello as { session: string; lastRequest: number };

test("a socket needs the token and our own page behind it", async () => {
  for (const [headers, origin] of [
    [{}, `http://127.0.0.1:${host.port}`],
    [known(), "http://evil.example"],
    [known(), undefined],
    [known({ host: "evil.example" }), "http://evil.example"],
  ] as const) {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers, ...(origin ? { origin } : {}) });
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toContain("403");
  }
});

test("requests are answered by number, errors keep their code, and what is told reaches the window", async () => {
  const { socket, heard, next } = await connect();
  if (!heard.length) await next();
  socket.send(JSON.stringify({ id: 1, command: "echo", request: { a: [1, "é"] } }));
  expect(await next()).toMatchObject({ seq: 1, id: 1, answer: { command: "echo", request: { a: [1, "é"] } } });
  socket.send(JSON.stringify({ id: 2, command: "fail", request: {} }));
  expect(await next()).toMatchObject({ seq: 2, id: 2, error: { code: "file-missing", details: { path: "/a b" } } });
  tells.at(-1)!("work", { name: "Reading", fraction: 0.5 });
  expect(await next()).toEqual({ seq: 3, topic: "work", what: { name: "Reading", fraction: 0.5 } });
  socket.terminate();
});

test("whatever goes wrong, a window is told a code, a sentence and plain details, and never a stack", async () => {
  const { socket, heard, next } = await connect();
  if (!heard.length) await next();
  const problem = "Invalid array length.";
  const internal = { code: "internal", message: expect.stringContaining(problem), details: { problem } };
  const said = async (id: number, command: string) => {
    socket.send(JSON.stringify({ id, command, request: {} }));
    const message = await next();
    expect(JSON.stringify(message)).not.toMatch(places);
    return message;
  };
  expect(await said(1, "explode")).toMatchObject({ id: 1, error: internal });
  // An answer that cannot be written costs its own request, and the connection goes on.
  expect(await said(2, "twisted")).toMatchObject({ id: 2, error: { code: "internal" } });
  expect(await said(3, "tell-all")).toMatchObject({
    error: { code: "folder-unreadable", details: { path: "/a", detail: "Invalid array length" } },
  });
  expect(await said(4, "echo")).toMatchObject({ id: 4, answer: { command: "echo" } });
  const pixels = await get(`/pixels/${helloOf(heard[0]!).session}/explode`, known());
  expect([pixels.status, JSON.parse(pixels.body)]).toMatchObject([500, { error: internal }]);
  expect(pixels.body).not.toMatch(places);
  socket.terminate();
});

test("a connection that breaks goes on where it was: nothing is lost, nothing is done twice", async () => {
  const first = await connect();
  if (!first.heard.length) await first.next();
  const { session } = helloOf(first.heard[0]!);
  const number = tells.length;
  first.socket.send(JSON.stringify({ id: 1, command: "wait", request: {} }));
  first.socket.send(JSON.stringify({ id: 2, command: "echo", request: {} }));
  expect(await first.next()).toMatchObject({ id: 2 });
  first.socket.send(JSON.stringify({ arrived: 1 }));
  first.socket.terminate();
  await once(first.socket, "close");
  release();
  tells.at(-1)!("work", { name: "x", fraction: 1 });
  const second = await connect(`?session=${session}&arrived=1`);
  while (second.heard.length < 3) await second.next();
  expect(helloOf(second.heard[0]!)).toEqual({ session, lastRequest: 2 });
  expect(second.heard.slice(1).map(({ seq }) => seq)).toEqual([2, 3]);
  expect(second.heard.slice(1).find(({ id }) => id === 1)).toMatchObject({ answer: { number } });
  // The browser sends it again, since it cannot know that it arrived; it is run once.
  second.socket.send(JSON.stringify({ id: 2, command: "echo", request: {} }));
  second.socket.send(JSON.stringify({ id: 3, command: "echo", request: {} }));
  expect(await second.next()).toMatchObject({ seq: 4, id: 3 });
  expect(tells).toHaveLength(number);
  second.socket.terminate();
});

test("a window that does not come back is closed, and one that is unknown starts anew", async () => {
  const { socket, heard, next } = await connect("?session=nobody&arrived=7");
  if (!heard.length) await next();
  const { session } = helloOf(heard[0]!);
  expect(session).not.toBe("nobody");
  const number = String(tells.length);
  socket.terminate();
  await expect.poll(() => closed.includes(number), { timeout: 5000 }).toBe(true);
  const later = await connect(`?session=${session}&arrived=0`);
  if (!later.heard.length) await later.next();
  expect(helloOf(later.heard[0]!).session).not.toBe(session);
  later.socket.terminate();
});

test("what is no message of ours closes the connection", async () => {
  for (const text of ["nonsense", "null", "[]", '{"id":"1","command":"echo"}']) {
    const { socket } = await connect();
    const ended = once(socket, "close");
    setTimeout(() => socket.send(text), 20);
    expect((await ended)[0]).toBe(1007);
  }
});

test("pixels of a window, whole, in part, and of another window not at all", async () => {
  const { socket, heard, next } = await connect();
  if (!heard.length) await next();
  const base = `/pixels/${helloOf(heard[0]!).session}`;
  expect((await get(`${base}/tile/1?z=2`, known())).body).toBe("pixels of /tile/1?z=2");
  const part = await get(`${base}/tile`, known({ range: "bytes=3-5" }));
  expect([part.status, part.body, part.headers["content-range"]]).toEqual([206, "els", "bytes 3-5/15"]);
  expect((await get(`${base}/tile`, known({ range: "bytes=-4" }))).body).toBe("tile");
  expect((await get(`${base}/tile`, known({ range: "bytes=99-" }))).status).toBe(416);
  const missing = await get(`${base}/missing`, known());
  expect([missing.status, JSON.parse(missing.body)]).toEqual([
    422,
    { error: expect.objectContaining({ code: "layer-not-found" }) },
  ]);
  expect((await get("/pixels/nobody/tile", known())).status).toBe(404);
  expect((await get(`${base}/tile`)).status).toBe(403);
  socket.terminate();
});

test("a dropped file lands whole in the project's imports, under its own name", async () => {
  const { socket, heard, next } = await connect();
  if (!heard.length) await next();
  const base = `/imports/${helloOf(heard[0]!).session}`;
  const bytes = {
    "content-type": "application/octet-stream",
    origin: `http://127.0.0.1:${host.port}`,
    host: `127.0.0.1:${host.port}`,
  };
  const put = (path: string, headers: Record<string, string> = bytes) =>
    get(`${base}/${path}`, known(headers), { method: "POST", body: "II*" });
  const done = await put(`drop%201/S2/${encodeURIComponent("été 2019.tif")}`);
  const path = join(project.folder, "imports/drop 1/S2/été 2019.tif");
  expect([done.status, JSON.parse(Buffer.from(done.body, "latin1").toString())]).toEqual([201, { path }]);
  expect(readFileSync(path, "utf8")).toBe("II*");
  for (const name of [
    "..%2f..%2fsecret.txt",
    "%2e%2e/x.tif",
    "a%00.tif",
    ".hidden",
    "con.tif",
    "a%5cb.tif",
    "x.tif%20",
  ]) {
    // The address itself is cleaned of `..` before anything looks at it; what then remains is no upload.
    expect((await put(`drop/${name}`)).status).toBe(name.startsWith("%2e%2e/") ? 404 : 422);
  }
  expect((await put("drop/x.tif", { ...bytes, "content-type": "text/plain" })).status).toBe(415);
  expect((await put("drop/x.tif", { ...bytes, origin: "http://evil.example" })).status).toBe(403);
  const noOrigin = { "content-type": bytes["content-type"] };
  expect((await put("drop/x.tif", noOrigin)).status).toBe(403);
  socket.terminate();
});

test("an upload that breaks off leaves nothing", async () => {
  const { socket, heard, next } = await connect();
  if (!heard.length) await next();
  const call = ask({
    host: "127.0.0.1",
    port: host.port,
    method: "POST",
    path: `/imports/${helloOf(heard[0]!).session}/broken/x.tif`,
    headers: known({
      "content-type": "application/octet-stream",
      "content-length": "1000000",
      origin: `http://127.0.0.1:${host.port}`,
    }),
  });
  call.on("error", () => {});
  call.write(Buffer.alloc(1000));
  const { readdirSync } = await import("node:fs");
  const folder = join(project.folder, "imports/broken");
  const files = () => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  await expect.poll(() => files().length).toBe(1);
  call.destroy();
  await expect.poll(() => files().length).toBe(0);
  socket.terminate();
});

test("a port that is taken is a sentence", async () => {
  const second = new WebHost({ renderer, openSession, port: host.port });
  await expect(second.listen()).rejects.toMatchObject({
    code: "port-in-use",
    message: expect.stringContaining("--port"),
  });
  await second.close();
});
