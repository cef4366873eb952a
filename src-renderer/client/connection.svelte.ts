/** How the window stands with the program behind it. The banner reads it; the web bridge writes it. */
export class Connection {
  state = $state<"connecting" | "open" | "broken" | "gone">("connecting");
  /** Incremented when the program has lost this window's session: then all data must be requested again. */
  epoch = $state(0);
}

export const connection = new Connection();
