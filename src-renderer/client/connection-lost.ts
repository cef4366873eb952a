/** A request that was under way when the program stopped: whether it was done is not known. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";

  constructor() {
    super("The connection to the program was lost before this was answered.");
  }
}
