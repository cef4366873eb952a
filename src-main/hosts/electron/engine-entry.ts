import { runJob } from "../../jobs/run-job.ts";
import { serveJobs } from "../engine/serve.ts";
import { utilityPort } from "./utility-port.ts";

// The engine of the desktop application: `engine/main.ts` in a utility process of Electron.
serveJobs(runJob, utilityPort(process.parentPort));
