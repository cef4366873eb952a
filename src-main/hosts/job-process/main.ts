import { runJob } from "../../jobs/run-job.ts";
import { serveJobs } from "./serve.ts";

// The job process. Native ONNX sessions exist only here, so that a crash in them fails one job and not the app.
serveJobs(runJob);
