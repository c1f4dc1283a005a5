/** A study for other programs: each run as a row of CSV, what the runs come to as another, and all of it as JSON. */
import { csvText } from "../../report/export/csvtext.js";
import type { Values } from "../measures.js";
import type { Estimate } from "../statistics.js";
import { type Compared, type Plan, type Task, tasksOf } from "../study.js";
import { type StudyFacts, unitOf } from "./page.js";

const line = (cells: readonly (string | number | null)[]): string =>
  `${cells.map((cell) => (typeof cell === "string" ? csvText(cell) : `${cell ?? ""}`)).join(",")}\r\n`;

const pathsOf = ({ variants }: Plan): string[] => Object.keys(variants[0]?.settings ?? {});

/** A row for each run: its variant, the settings that vary, its seed, and every measure. */
export function runsCsv(plan: Plan, compared: readonly Compared[], valuesOf: (task: Task) => Values): string {
  const paths = pathsOf(plan);
  const names = compared.map(({ measure }) => measure.name);
  const rows = tasksOf(plan).map((task) => {
    const { label, settings } = plan.variants[task.variant]!;
    const values = valuesOf(task);
    return line([
      label,
      ...paths.map((path) => settings[path]!),
      task.seed,
      ...names.map((name) => values[name] ?? null),
    ]);
  });
  return line(["variant", ...paths, "seed", ...names]) + rows.join("");
}

const estimated = (found: Estimate | null): (number | null)[] =>
  found === null
    ? [0, null, null, null]
    : [
        found.count,
        found.mean,
        found.half === null ? null : found.mean - found.half,
        found.half === null ? null : found.mean + found.half,
      ];

/** A row for each measure and variant: mean, interval, and the difference to the first variant with its own. */
export function summaryCsv(plan: Plan, compared: readonly Compared[], facts: StudyFacts): string {
  const paths = pathsOf(plan);
  const head = ["measure", "unit", "variant", ...paths];
  const figures = ["runs", "mean", "low", "high", "pairs", "difference", "difference_low", "difference_high"];
  const rows = compared.flatMap(({ measure, results }) =>
    results.map(({ estimate, difference }, variant) => {
      const { label, settings } = plan.variants[variant]!;
      return line([
        measure.name,
        unitOf(measure, facts.currency),
        label,
        ...paths.map((path) => settings[path]!),
        ...estimated(estimate),
        ...estimated(difference),
      ]);
    }),
  );
  return line([...head, ...figures]) + rows.join("");
}

/** All of a study as plain data: how it was made, its variants, and each measure with the values of all seeds. */
export function studyDocument(plan: Plan, compared: readonly Compared[], facts: StudyFacts): object {
  const { variants, seeds, axis } = plan;
  return {
    format: "gridclear study",
    title: facts.title,
    command: facts.command,
    version: facts.version,
    currency: facts.currency,
    seeds,
    axis: axis?.path ?? null,
    variants: variants.map(({ label, settings, file }) => ({ label, settings, scenario: file })),
    measures: compared.map(({ measure, results }) => ({
      name: measure.name,
      label: measure.label,
      unit: unitOf(measure, facts.currency),
      group: measure.group,
      results: results.map(({ values, estimate, difference }) => ({
        values,
        estimate,
        difference,
      })),
    })),
  };
}
