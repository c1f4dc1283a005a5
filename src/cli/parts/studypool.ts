/** Runs of a study side by side: one in this thread, or several in workers. */
import { Worker } from "node:worker_threads";
import { openEngine } from "../../core/engine.js";
import { type ErrorCode, fail } from "../../errors.js";
import type { Values } from "../../study/measures.js";
import { type StudyJob, StudyRunner } from "./studyrun.js";

/** What a worker says of the job it has. */
export type Answer =
  | { readonly kind: "progress"; readonly place: number }
  | { readonly kind: "done"; readonly values: Values }
  | {
      readonly kind: "failed";
      readonly code: ErrorCode;
      readonly field: string;
      readonly wanted: string;
      readonly got: string;
    }
  | { readonly kind: "broken"; readonly error: unknown };

/** The work of a study. */
export interface Work<T extends StudyJob> {
  /** The scenario as the user gave it. */
  readonly name: string;
  readonly jobs: readonly T[];
  readonly workers: number;
  /** Ends the work between two periods, or with them. */
  readonly signal: AbortSignal;
  /** Called while a job runs: periods done of the jobs under way. */
  readonly progress: (under: readonly number[]) => void;
  /** Called with what each job came to, as soon as it did, whatever the order. */
  readonly done: (job: T, values: Values) => Promise<void>;
}

/** Does all jobs, or those that were done before the signal. Throws what a job throws; the others are then stopped. */
export async function runJobs<T extends StudyJob>(work: Work<T>): Promise<void> {
  const waiting = [...work.jobs];
  const places = new Map<number, number>();
  const told = (lane: number, place: number): void => {
    places.set(lane, place);
    work.progress([...places.values()]);
  };
  const count = Math.min(work.workers, waiting.length);
  const lanes = Array.from({ length: count }, (_, lane) =>
    count === 1 ? here(work, (place) => told(lane, place)) : inWorker(work, (place) => told(lane, place)),
  );
  try {
    await Promise.all(
      lanes.map(async (lane, number) => {
        for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
          if (work.signal.aborted) return;
          const values = await lane.run(job);
          if (values === null) return;
          told(number, 0);
          await work.done(job, values);
        }
      }),
    );
  } finally {
    waiting.length = 0;
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

/** Where jobs run, one at a time; null where the signal stopped one. */
interface Lane {
  run(job: StudyJob): Promise<Values | null>;
  close(): Promise<void>;
}

class Stopped extends Error {}

function here(
  { name, signal }: Pick<Work<StudyJob>, "name" | "signal">,
  told: (place: number) => void,
): Lane {
  const engine = openEngine();
  let runner: StudyRunner | null = null;
  return {
    async run(job) {
      runner ??= new StudyRunner(name, await engine);
      try {
        return await runner.run(job, (place) => {
          if (signal.aborted) throw new Stopped();
          told(place);
        });
      } catch (error) {
        if (error instanceof Stopped) return null;
        throw error;
      }
    },
    async close() {
      runner?.close();
      (await engine).close();
    },
  };
}

function inWorker(
  { name, signal }: Pick<Work<StudyJob>, "name" | "signal">,
  told: (place: number) => void,
): Lane {
  const worker = new Worker(new URL("../studyworker.js", import.meta.url), { workerData: { name } });
  let settle: { resolve(values: Values | null): void; reject(error: unknown): void } | null = null;
  const stop = (): void => settle?.resolve(null);
  signal.addEventListener("abort", stop);
  worker.on("error", (error) => settle?.reject(error));
  worker.on("exit", (code) => settle?.reject(new Error(`a worker of the study ended with code ${code}`)));
  worker.on("message", (answer: Answer) => {
    if (answer.kind === "progress") told(answer.place);
    else if (answer.kind === "done") settle?.resolve(answer.values);
    else settle?.reject(answer.kind === "broken" ? answer.error : errorOf(answer));
  });
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        worker.postMessage(job);
      }),
    async close() {
      settle = null;
      signal.removeEventListener("abort", stop);
      await worker.terminate();
    },
  };
}

/** The error that a worker had, as this thread would have had it. */
function errorOf({ code, field, wanted, got }: Extract<Answer, { readonly kind: "failed" }>): unknown {
  try {
    return fail(code, field, wanted, got);
  } catch (error) {
    return error;
  }
}
