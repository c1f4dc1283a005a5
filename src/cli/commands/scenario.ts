/** `gridclear scenario`: begins a scenario file, says whether one is good and what it comes to, prints their schema. */
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fail, GridclearError, placed } from "../../errors.js";
import { type Community, openCommunity } from "../../simulation/community.js";
import { memberKinds, type Scenario } from "../../simulation/scenario.js";
import { checkScenario, inspectScenario, scenarioSchema } from "../../simulation/scenariofile.js";
import { bundledScenario, scenarioNames } from "../../simulation/scenarios/index.js";
import { scenarioText } from "../../simulation/scenariotext.js";
import { clocksOf } from "../../zones.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { readText } from "../parts/document.js";
import { pricesBeside } from "../parts/pricefiles.js";
import { reasonOf } from "../parts/problem.js";
import { type Besides, isBundled, readBesides } from "../parts/scenario.js";
import { count, grouped } from "../parts/table.js";

/** `gridclear scenario`: begins, checks and describes scenario files. */
export const scenarioCommand: Command = defineCommand({
  name: "scenario",
  summary: "begin a scenario file, check one, or print their JSON Schema",
  forms: ["init [FILE] [--from NAME]", "check SCENARIO [--json]", "schema"],
  about:
    "A scenario is a community and the time it trades (docs/scenarios.md).\n\ninit writes a file to go on with, with a comment at each key, and never over a file that is there; check reads a file and those that it names, and says all that is wrong with them, or what they come to; schema prints the JSON Schema of scenario files, for editors.",
  arguments: [
    { name: "init|check|schema", help: "what to do" },
    {
      name: "FILE",
      help: `the file to begin (default: scenario.json), or to check; one of ${scenarioNames.join(", ")} can be checked too`,
      optional: true,
    },
  ],
  options: {
    from: { value: "NAME", help: `begin with ${scenarioNames.join(", ")}; default: a small street` },
    json: { help: "one JSON document on standard output" },
  },
  exits: { 0: "done; the scenario is good", 1: "the scenario that was checked is not good" },
  async run({ arguments: [action, file], options }, io) {
    if (options.from !== undefined && action !== "init")
      return fail("invalid", "--from", "init before it", action);
    if (options.json && action !== "check") return fail("invalid", "--json", "check before it", action);
    if (action === "init") return begin(file ?? "scenario.json", options.from, io);
    if (action === "schema") {
      if (file !== undefined) return fail("invalid", "arguments", "schema alone", file);
      io.out(`${JSON.stringify(scenarioSchema(), null, 2)}\n`);
      return 0;
    }
    if (action !== "check" || file === undefined)
      return fail("invalid", "arguments", "init FILE, check FILE or schema", action);
    return check(file, options.json, io);
  },
});

/** Writes a file to go on with. */
async function begin(file: string, from: string | undefined, io: Io): Promise<number> {
  const own = basename(file).replace(/\..*$/, "");
  const name = /^[a-z0-9][a-z0-9-]{0,63}$/.test(own) ? own : "street";
  const scenario = from === undefined ? street(name) : bundledScenario(from);
  await writeFile(file, scenarioText(scenario), { flag: "wx" }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") fail("conflict", file, "a file that is not there yet", "one that is");
    fail("invalid", file, "a file that can be written", reasonOf(error));
  });
  io.out(`${file}: a scenario of ${count(participants(scenario), "participant")}\n`);
  return 0;
}

/** A scenario to begin with: one street, an hour of which takes less than a second. */
const street = (name: string): Scenario =>
  checkScenario({
    name,
    description: "Twenty homes with a solar park, a turbine and a battery, for a day in quarters of an hour.",
    participants: { home: 20, solar: 1, wind: 1, storage: 1 },
    periodMs: 900_000,
  });

const participants = (scenario: Scenario): number =>
  Object.values(scenario.participants).reduce((sum, each) => sum + each, 0);

// --- Check --------------------------------------------------------------------------------------------------------

/** What was found of a scenario. */
interface Found {
  readonly problems: readonly GridclearError[];
  readonly community: Community | null;
  /** What its profile file lacks; null without one. */
  readonly missing: Besides["missing"];
  readonly close: Besides["close"];
}

async function check(file: string, asJson: boolean, io: Io): Promise<number> {
  const { problems, community, missing, close } = await find(file, io);
  if (community === null) {
    if (asJson) io.out(`${JSON.stringify({ file, good: false, problems: problems.map(problemDocument) })}\n`);
    else for (const { message } of problems) io.out(`${message}\n`);
    return 1;
  }
  const facts = factsOf(community);
  close();
  if (asJson) io.out(`${JSON.stringify({ file, good: true, ...facts, missing, problems: [] })}\n`);
  else io.out(factsText(file, community, facts, missing));
  return 0;
}

const problemDocument = ({ code, field, wanted, got, message }: GridclearError): object => ({
  code,
  field,
  wanted,
  got,
  message,
});

/** Everything that is wrong with a scenario, or the community that it is. */
async function find(name: string, io: Io): Promise<Found> {
  const problems: GridclearError[] = [];
  const attempt = async <T>(act: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      problems.push(error);
      return null;
    }
  };
  const inspected = isBundled(name)
    ? { scenario: bundledScenario(name), problems: [] }
    : inspectScenario(
        await readText(name, { wanted: `a file, or one of ${scenarioNames.join(", ")}` }),
        pricesBeside(name),
      );
  for (const problem of inspected.problems) problems.push(problem.at(name));
  const { scenario } = inspected;
  const none = { problems, community: null, missing: null, close: () => {} };
  if (scenario === null) return none;
  const weather = await attempt(() => readBesides(name, { ...scenario, profiles: null }, io));
  const profiles = await attempt(() => readBesides(name, { ...scenario, weatherFile: null }, io));
  if (profiles === null) return none;
  const { close } = profiles;
  if (weather === null) {
    close();
    return none;
  }
  const { measured } = profiles;
  const community = await attempt(() => {
    try {
      return openCommunity(scenario, {
        measured,
        ...(weather.weather === null ? {} : { weather: weather.weather }),
      });
    } catch (error) {
      throw placed(error, name);
    }
  });
  if (community === null) close();
  return { problems, community, missing: profiles.missing, close };
}

/** What a scenario comes to. */
interface Facts {
  readonly name: string;
  readonly participants: number;
  readonly kinds: { readonly [kind: string]: number };
  readonly periods: number;
  readonly periodMs: number;
  /** Unix times of its beginning and its end. */
  readonly startMs: number;
  readonly endMs: number;
  /** About how many orders all periods have. */
  readonly orders: number;
}

/** Most periods whose orders are counted. */
const samples = 24;

function factsOf(community: Community): Facts {
  const { scenario, members } = community;
  const { periods, periodMs } = scenario;
  const looked = Math.min(samples, periods);
  let orders = 0;
  for (let sample = 0; sample < looked; sample++)
    orders += community.orders(Math.floor((sample * periods) / looked)).quantity.length;
  const kinds = memberKinds.flatMap((kind) => {
    const own = members.filter((member) => member.kind === kind).length;
    return own === 0 ? [] : [[kind, own] as const];
  });
  return {
    name: scenario.name,
    participants: members.length,
    kinds: Object.fromEntries(kinds),
    periods,
    periodMs,
    startMs: community.timeOf(0),
    endMs: community.timeOf(periods),
    orders: Math.round((orders * periods) / looked),
  };
}

function factsText(file: string, community: Community, facts: Facts, missing: Besides["missing"]): string {
  const { timeZone, weather, weatherFile, profiles, currency } = community.scenario;
  const clocks = clocksOf(timeZone);
  const local = (timeMs: number): string =>
    new Date(timeMs + clocks.offsetAt(timeMs)).toISOString().slice(0, 16).replace("T", " ");
  const kinds = Object.entries(facts.kinds).map(([kind, own]) => `${grouped(own)} ${kind}`);
  const rows: readonly (readonly [string, string])[] = [
    ["participants", `${grouped(facts.participants)}: ${kinds.join(", ")}`],
    [
      "periods",
      `${grouped(facts.periods)} of ${facts.periodMs / 1000} s, from ${local(facts.startMs)} to ${local(facts.endMs)} (${timeZone})`,
    ],
    ["orders", `about ${grouped(facts.orders)}`],
    ["weather", weatherFile ?? `${weather}, drawn`],
    ["money", currency],
    ...(profiles === null || missing === null
      ? []
      : [
          [
            "profiles",
            missing.steps === 0
              ? `${profiles.file}, complete`
              : `${profiles.file}; ${count(missing.steps, "step")} missing, which count as zero; the first: ${missing.first}`,
          ] as const,
        ]),
  ];
  return `${file} is good: ${facts.name}\n${rows.map(([label, text]) => `${label.padEnd(14)}${text}\n`).join("")}`;
}
