import { runJob } from "../../jobs/run-job.ts";
import { serveJobs } from "./serve.ts";

// The engine process: native sessions live here and nowhere else, so a crash in them costs one job and not the app.
serveJobs(runJob);
