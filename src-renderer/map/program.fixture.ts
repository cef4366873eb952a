import { FakeProgram } from "../client/fake-program.fixture.ts";

/** The program of the window's own state, in memory. Tests put it in the place of `client/bridge.ts`. */
export const program = new FakeProgram();
export const bridgeOfTests = { ...program.client, bridge: {}, client: program.client };
