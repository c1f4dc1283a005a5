import { describe, expect, it } from "vitest";
import { heatHour } from "../../src/simulation/world/heat.js";
import {
  type DayKind,
  quarterHours,
  type Shape,
  type ShapeSeason,
} from "../../src/simulation/world/shapes.js";
import { hasData, readRows } from "./folder.js";

const shapes: readonly [string, Shape][] = [
  ["h0", "household"],
  ["g0", "business"],
  ["g1", "office"],
  ["g3", "continuous"],
  ["g4", "shop"],
  ["l0", "farm"],
];
const days: readonly [string, DayKind][] = [
  ["1", "workday"],
  ["3", "workday"],
  ["5", "workday"],
  ["6", "saturday"],
  ["7", "sunday"],
];

describe.skipIf(!hasData("bdew_heat_gas"))("the profiles in the package", () => {
  it("are the published ones to a sixteenth of a watt", () => {
    const [header, ...rows] = readRows("bdew_heat_gas/selp_series.csv.gz");
    for (const [column, shape] of shapes)
      for (const season of ["winter", "summer", "transition"] as const satisfies readonly ShapeSeason[])
        for (const [weekday, kind] of days) {
          const published = rows
            .filter((row) => row[1] === season && row[2] === weekday)
            .map((row) => Number(row[header!.indexOf(column)]) * 1000);
          expect(published).toHaveLength(96);
          const ours = quarterHours(shape, season, kind);
          for (const [index, watts] of published.entries())
            expect(Math.abs(ours[index]! - watts)).toBeLessThanOrEqual(1 / 16 + 1e-9);
        }
  });

  it("spread heat over the hours as published", () => {
    const [header, ...rows] = readRows("bdew_heat_gas/when2heat_hourly_factors_SFH.csv", ";");
    for (const [hour, row] of rows.entries())
      for (let column = 1; column < header!.length; column++)
        expect(heatHour("house", Number(header![column]), hour)).toBeCloseTo(
          Number(row[column]!.replace(",", ".")),
          6,
        );
  });
});
