import { runJob } from "../../jobs/run-job.ts";
import { serveJobs } from "../job-process/serve.ts";
import { utilityPort } from "./utility-port.ts";

// The job process of the desktop application: `job-process/main.ts` in a utility process of Electron.
serveJobs(runJob, utilityPort(process.parentPort));
