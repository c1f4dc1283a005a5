/**
 * `gridclear compare`: variants of a scenario side by side, each with the same seeds, and what they come to: means with
 * their intervals, as a report, CSV and JSON. A range of a setting is one way to name variants, so that a sweep is no
 * command of its own.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fail } from "../../errors.js";
import { scenarioNames } from "../../simulation/scenarios/index.js";
import type { Values } from "../../study/measures.js";
import { estimateText, placesFor, signed } from "../../study/report/figures.js";
import { reportPage, type StudyFacts, unitOf } from "../../study/report/page.js";
import { runsCsv, studyDocument, summaryCsv } from "../../study/report/tables.js";
import { parseSetting, variantsOf } from "../../study/settings.js";
import { type Compared, compare, type Plan, seedsFrom, type Task, tasksOf } from "../../study/study.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { interruptible } from "../parts/interrupt.js";
import { progressLine } from "../parts/progress.js";
import { readScenarioAlone, readStrategy } from "../parts/scenario.js";
import { besidesOf, keyOf, StudyFolder, versionOf } from "../parts/studyfolder.js";
import { runJobs } from "../parts/studypool.js";
import type { StudyJob } from "../parts/studyrun.js";
import { count, grouped, table } from "../parts/table.js";

const mostSeeds = 1_000;
const mostRuns = 20_000;
const mostWorkers = 64;

/** `gridclear compare`: variants of a scenario over seeds. */
export const compareCommand: Command = defineCommand({
  name: "compare",
  summary: "run variants of a scenario over many seeds and report what differs",
  forms: [
    "SCENARIO [--set PATH=VALUES]… [--mechanism NAMES]\n[--strategy NAMES] [--seeds N]\n[--output DIR] [--workers N] [--json]",
  ],
  about:
    "Runs every combination of the settings with every seed, in as many workers as there are processors, and writes a report that opens in any browser, with means, 95 % intervals and differences to the first variant, paired by seed; beside it CSV and JSON. Nothing of the runs themselves is kept but a row each, so that the same command goes on where it was interrupted, and a longer list of seeds or values runs only what is new (docs/studies.md).",
  arguments: [{ name: "SCENARIO", help: `a file, or one of: ${scenarioNames.join(", ")}` }],
  options: {
    set: {
      value: "PATH=VALUES",
      many: true,
      help: "a key of the scenario file and the values it takes: tariffs.electricity.retail=0.40,0.52, or a range with its step, participants.storage=0:8:2, over which the report draws curves; one value holds for all variants; a plus between keys sets each of them. Several: all combinations",
    },
    mechanism: {
      value: "NAMES",
      help: "mechanisms of all carriers, alone or with a pricing: value,merit or value-blend,merit-uniform; share: as a scenario has it that shares",
    },
    strategy: {
      value: "NAMES",
      help: "how everybody bids: strategies that come along, and modules of your own that export one as default (docs/scenarios.md), such as truthful,adaptive,./mine.js; those run with all that this command may do",
    },
    seeds: {
      value: "N",
      default: "5",
      help: "with how many seeds each variant runs, from the scenario's on",
    },
    output: {
      value: "DIR",
      default: "study",
      help: "directory of the rows, the report and the tables; made when it is not there",
    },
    workers: { value: "N", help: "how many runs at once; by default as many as there are processors" },
    json: { help: "one JSON document on standard output" },
  },
  exits: { 0: "done", 1: "in some runs the market refused orders, such as those beyond their owner's means" },
  async run({ arguments: [name], options }, io) {
    const base = await readScenarioAlone(name!);
    const settings = options.set.map(parseSetting);
    const mechanisms = options.mechanism === undefined ? [] : options.mechanism.split(",");
    const strategies = options.strategy === undefined ? [] : options.strategy.split(",");
    const variants = variantsOf(base, { settings, mechanisms, strategies });
    const ranges = settings.filter(({ isRange, values }) => isRange && values.length > 1);
    const seeds = seedsFrom(base.seed, wholeNumber("--seeds", options.seeds, mostSeeds));
    const plan: Plan = { variants, seeds, axis: ranges.length === 1 ? ranges[0]! : null };
    const runs = variants.length * seeds.length;
    if (runs > mostRuns) fail("limit", "runs", `at most ${mostRuns} runs, variants × seeds`, runs);
    const workers =
      options.workers === undefined
        ? availableParallelism()
        : wholeNumber("--workers", options.workers, mostWorkers);
    // A strategy that is none is named before anything is written.
    for (const { strategyFile, scenario } of variants)
      await readStrategy(strategyFile ?? undefined, scenario);
    const folder = await StudyFolder.open(options.output);
    const version = await versionOf();
    return interruptible(async (stop) => {
      const found = await runAll({ name: name!, plan, folder, version, workers, signal: stop.signal }, io);
      if (stop.exitCode !== 0) {
        io.err(`stopped; the same command goes on with what is missing\n`);
        return stop.exitCode;
      }
      const facts = factsOf(name!, plan, version, options);
      const valuesOf = ({ variant, seed }: Task): Values => found.get(`${variant} ${seed}`)!;
      const compared = compare(plan, valuesOf);
      await folder.write("report.html", reportPage(plan, compared, facts));
      await folder.write("runs.csv", runsCsv(plan, compared, valuesOf));
      await folder.write("summary.csv", summaryCsv(plan, compared, facts));
      const document = studyDocument(plan, compared, facts);
      await folder.write("study.json", `${JSON.stringify(document)}\n`);
      if (options.json) io.out(`${JSON.stringify(document)}\n`);
      else io.out(studyText(plan, compared, facts, folder.path));
      return compared.some(({ measure }) => measure.name === "refused") ? 1 : 0;
    });
  },
});

function wholeNumber(name: string, text: string, most: number): number {
  const value = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= most
    ? value
    : fail("invalid", name, `a whole number from 1 to ${most}`, text);
}

/** What all runs of a study work with. */
interface Running {
  readonly name: string;
  readonly plan: Plan;
  readonly folder: StudyFolder;
  readonly version: string;
  readonly workers: number;
  readonly signal: AbortSignal;
}

interface KeyedJob extends StudyJob {
  readonly task: Task;
  readonly key: string;
}

/** Runs what has no row yet; the values of all runs by variant and seed, fewer where it was interrupted. */
async function runAll(
  { name, plan, folder, version, workers, signal }: Running,
  io: Io,
): Promise<Map<string, Values>> {
  const besides = await Promise.all(
    plan.variants.map(({ scenario, strategyFile }) => besidesOf(name, { ...scenario, strategyFile })),
  );
  const found = new Map<string, Values>();
  const jobs: KeyedJob[] = [];
  for (const task of tasksOf(plan)) {
    const { variant, seed } = task;
    const file = { ...plan.variants[variant]!.file, seed };
    const key = keyOf({ version, besides: besides[variant]!, file });
    const values = folder.get(key);
    const { strategyFile } = plan.variants[variant]!;
    if (values === undefined) jobs.push({ variant, file, strategyFile, task, key });
    else found.set(`${variant} ${seed}`, values);
  }
  const known = found.size;
  if (known > 0) io.err(`${count(known, "run")} of ${grouped(known + jobs.length)} done before\n`);
  const progress = progressLine(io);
  const periods = plan.variants.map(({ scenario }) => scenario.periods);
  const mean = periods.reduce((sum, each) => sum + each, 0) / periods.length;
  const total = known + jobs.length;
  const startedMs = performance.now();
  await runJobs({
    name,
    jobs,
    workers,
    signal,
    progress: (under) =>
      progress(() => {
        const done = found.size - known + under.reduce((sum, place) => sum + place / mean, 0);
        return progressText({ found: found.size, total, share: done / jobs.length, startedMs });
      }),
    done: async ({ task, key }, values) => {
      const { settings, scenario } = plan.variants[task.variant]!;
      found.set(`${task.variant} ${task.seed}`, values);
      const head = { scenario: scenario.name, settings, seed: task.seed, version };
      await folder.add(key, head, values);
    },
  });
  if (jobs.length > 0) progress(() => progressText({ found: found.size, total, share: 1, startedMs }), true);
  return found;
}

function progressText(at: {
  readonly found: number;
  readonly total: number;
  readonly share: number;
  readonly startedMs: number;
}): string {
  const seconds = (performance.now() - at.startedMs) / 1000;
  const left =
    at.share > 0.02 && at.share < 1
      ? `, about ${Math.ceil((seconds / at.share) * (1 - at.share))} s left`
      : "";
  return `${grouped(at.found)} of ${grouped(at.total)} runs${left}`;
}

/** What the report says of the study, and the command that makes it again. */
function factsOf(
  name: string,
  { variants, seeds }: Plan,
  version: string,
  given: {
    readonly set: readonly string[];
    readonly mechanism?: string | undefined;
    readonly strategy?: string | undefined;
  },
): StudyFacts {
  const { scenario } = variants[0]!;
  const words = [
    ...given.set.flatMap((text) => ["--set", text]),
    ...(given.mechanism === undefined ? [] : ["--mechanism", given.mechanism]),
    ...(given.strategy === undefined ? [] : ["--strategy", given.strategy]),
    "--seeds",
    `${seeds.length}`,
  ];
  const quoted = words.map((word) =>
    /^[\w.,:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  const people = Object.values(scenario.participants).reduce((sum, each) => sum + each, 0);
  return {
    title: `${scenario.name}: ${count(variants.length, "variant")}, ${count(seeds.length, "seed")}`,
    description: scenario.description,
    currency: scenario.currency,
    command: ["gridclear", "compare", name, ...quoted].join(" "),
    version,
    facts: [
      ["scenario", `${scenario.name}, from ${scenario.date}`],
      ["length", `${grouped(scenario.periods)} periods of ${scenario.periodMs / 1000} s`],
      ["participants", `${grouped(people)}${scenario.profiles === null ? "" : ", and measured ones"}`],
      ["seeds", seeds.length === 1 ? `${seeds[0]}` : `${seeds[0]} to ${seeds.at(-1)}`],
    ],
  };
}

/** The measures that a terminal has room for; the report has all. */
const headline = new Set([
  "saved",
  "systemCost",
  "gini",
  "co2",
  "electricity.price",
  "electricity.selfSufficiency",
  "electricity.peakImport",
  "electricity.welfareShare",
]);

/** What a study came to, as a terminal shows it. */
function studyText(plan: Plan, compared: readonly Compared[], facts: StudyFacts, path: string): string {
  const rows = compared
    .filter(({ measure }) => headline.has(measure.name))
    .flatMap(({ measure, results }) => {
      const places = placesFor(results.flatMap(({ estimate }) => (estimate === null ? [] : [estimate.mean])));
      const unit = unitOf(measure, facts.currency);
      const carrier = measure.name.includes(".") ? `${measure.group}: ` : "";
      return [
        `${carrier}${measure.label}${unit === "" ? "" : `, ${unit}`}`,
        ...results.map(({ estimate, difference }, variant) => [
          `  ${plan.variants[variant]!.label}`,
          estimateText(estimate, places),
          difference === null ? "" : estimateText(difference, places, signed),
        ]),
      ];
    });
  return [
    `${facts.title}\n\n`,
    table(["", "mean", "more than the first"], rows),
    `\nmeans over seeds ± half of the 95 % interval; differences are paired by seed\nreport ${join(path, "report.html")}\n`,
  ].join("");
}
