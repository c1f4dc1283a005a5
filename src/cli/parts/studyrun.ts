/**
 * One run of a study as a command makes it: a scenario by its file form, with the files it names beside it, here in
 * this thread and in a worker (`studyworker.ts`) alike.
 */
import type { Engine } from "../../core/engine.js";
import { checkScenario } from "../../simulation/scenariofile.js";
import type { Values } from "../../study/measures.js";
import { runOnce } from "../../study/run.js";
import type { Io } from "../command.js";
import { type Besides, isBundled, readBesides, readStrategy } from "./scenario.js";

/** Several runs at once would write over each other's lines: the command alone says how far they are. */
const silent: Io = { out: () => {}, err: () => {}, columns: 80, isTTY: false };

/** What is to be run. It can be sent to a worker. */
export interface StudyJob {
  /** Place of its variant, whose runs differ by their seeds alone. */
  readonly variant: number;
  /** The scenario as it would stand in a file, its seed included. */
  readonly file: unknown;
  /** File of the strategy by which everybody bids; null: as the scenario says. */
  readonly strategyFile: string | null;
}

/** Runs the jobs of one study, one after the other. */
export class StudyRunner {
  readonly #name: string;
  readonly #engine: Engine;
  /** What the last variant names beside itself: the runs of one variant follow each other. */
  #besides: { readonly variant: number; readonly found: Besides } | null = null;

  /** @param name the scenario as the user gave it: bundled, or the path of a file */
  constructor(name: string, engine: Engine) {
    this.#name = name;
    this.#engine = engine;
  }

  async run({ variant, file, strategyFile }: StudyJob, progress: (place: number) => void): Promise<Values> {
    const scenario = checkScenario(file);
    if (this.#besides?.variant !== variant && !isBundled(this.#name)) {
      this.close();
      this.#besides = { variant, found: await readBesides(this.#name, scenario, silent) };
    }
    const { measured = [], weather = null } = this.#besides?.found ?? {};
    const { own } = await readStrategy(strategyFile ?? undefined, scenario);
    const parts = {
      measured,
      ...(weather === null ? {} : { weather }),
      ...(own === null ? {} : { strategy: own.strategy }),
    };
    return runOnce(scenario, parts, { engine: this.#engine, progress });
  }

  /** Lets go of the files beside the scenario. */
  close(): void {
    this.#besides?.found.close();
    this.#besides = null;
  }
}
