import { connect, createServer, type Socket } from "node:net";

/** A way to the host that can break, like an SSH tunnel over a bad line: every connection through it ends at once. */
export interface Tunnel {
  /** the host's address as seen from this end */
  readonly address: string;
  break(): void;
  mend(): void;
  close(): void;
}

export async function openTunnel(to: string): Promise<Tunnel> {
  const far = new URL(to);
  const open = new Set<Socket>();
  let broken = false;
  const server = createServer((near) => {
    if (broken) return void near.destroy();
    const socket = connect(Number(far.port), far.hostname);
    for (const end of [near, socket]) {
      open.add(end);
      end.on("error", () => end.destroy());
      end.on("close", () => {
        open.delete(end);
        near.destroy();
        socket.destroy();
      });
    }
    near.pipe(socket).pipe(near);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = new URL(to);
  address.port = String((server.address() as { port: number }).port);
  return {
    address: address.href,
    break() {
      broken = true;
      for (const socket of open) socket.destroy();
    },
    mend() {
      broken = false;
    },
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
