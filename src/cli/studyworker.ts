/**
 * A worker of a study: takes jobs, one at a time, and answers with what each came to. `parts/studypool.ts` is the other
 * end.
 */
import { parentPort, workerData } from "node:worker_threads";
import { openEngine } from "../core/engine.js";
import { GridclearError } from "../errors.js";
import type { Answer } from "./parts/studypool.js";
import { type StudyJob, StudyRunner } from "./parts/studyrun.js";

const betweenMs = 100;

const port = parentPort!;
const send = (answer: Answer): void => port.postMessage(answer);
const runner = new StudyRunner((workerData as { readonly name: string }).name, await openEngine());

port.on("message", (job: StudyJob) => {
  let toldMs = performance.now();
  runner
    .run(job, (place) => {
      const nowMs = performance.now();
      if (nowMs - toldMs < betweenMs) return;
      toldMs = nowMs;
      send({ kind: "progress", place });
    })
    .then(
      (values) => send({ kind: "done", values }),
      // An error of this package would arrive as one without its fields.
      (error: unknown) =>
        send(
          error instanceof GridclearError
            ? { kind: "failed", code: error.code, field: error.field, wanted: error.wanted, got: error.got }
            : { kind: "broken", error },
        ),
    );
});
