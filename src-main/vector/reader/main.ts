import { serveForked } from "./forked-port.ts";

serveForked();
