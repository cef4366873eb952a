/** How the window stands with the program behind it. The banner reads it; the web bridge writes it. */
export class Connection {
  state = $state<"connecting" | "open" | "broken" | "gone">("connecting");
  /** Grows whenever the program behind has forgotten us: then everything known must be asked again. */
  epoch = $state(0);
}

export const connection = new Connection();
