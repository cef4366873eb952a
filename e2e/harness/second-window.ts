import { WebSocket } from "ws";
import type { AnswerOf, CommandName, RequestOf } from "../../src-shared/ipc/contract.ts";
import { errorFrom } from "../../src-shared/ipc/errors.ts";

/** Another window on the same host, without a screen: it speaks the contract over the same WebSocket as the page. */
export interface SecondWindow {
  invoke<Name extends CommandName>(command: Name, request: RequestOf<Name>): Promise<AnswerOf<Name>>;
  close(): void;
}

/** Opens it as a browser does: the address gives the cookie, the cookie opens the socket. */
export async function openSecondWindow(address: string): Promise<SecondWindow> {
  const { origin, host } = new URL(address);
  const welcome = await fetch(address);
  const cookie = welcome.headers.get("set-cookie")!.split(";")[0]!;
  const socket = new WebSocket(`ws://${host}/rpc`, { origin, headers: { cookie } });
  const waiting = new Map<number, { resolve(answer: never): void; reject(error: unknown): void }>();
  let greeted = (): void => {};
  const ready = new Promise<void>((resolve, reject) => {
    greeted = resolve;
    socket.on("error", reject);
  });
  let last = 0;
  socket.on("message", (data) => {
    const message = JSON.parse(String(data));
    if (message.hello) return greeted();
    if (message.seq) socket.send(JSON.stringify({ arrived: message.seq }));
    const caller = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) caller?.reject(errorFrom(message.error));
    else caller?.resolve(message.answer as never);
  });
  socket.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("The host is gone."));
  });
  await ready;
  return {
    invoke: (command, request) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        socket.send(JSON.stringify({ id: last, command, request }));
      }),
    close: () => socket.close(),
  };
}
