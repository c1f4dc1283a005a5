// Tariff files: read, refused with line and column, and what their schema says of them.
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parseTariff, tariffSchema } from "../../src/files/tarifffile.js";
import { gridReductions } from "../../src/tariff/presets.js";

const component = (more: object): object => ({
  by: "energy",
  name: "a",
  sort: "grid",
  on: ["received"],
  rate: "1",
  ...more,
});
const fileOf = (components: readonly object[], more: object = {}): string =>
  JSON.stringify({ name: "t", currency: "EUR", zone: "Europe/Vienna", components, ...more }, null, 1);
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(tariffSchema());

const prices = (rows: string) => (name: string) => {
  expect(name).toBe("prices.csv");
  return `start,rate\n${rows}`;
};
const series = component({
  by: "series",
  start: "2026-07-01T00:00Z",
  minutes: 60,
  rates: "prices.csv",
  rate: undefined,
});

describe("a tariff file", () => {
  it("is read, with what it leaves out", () => {
    const tariff = parseTariff(`{
      // comments may stand
      "$schema": "./tariff.schema.json",
      "name": "house", "source": "a letter of the supplier", "currency": "EUR", "zone": "Europe/Vienna",
      "from": "2026-01-01T00:00Z", "until": "2027-01-01T00:00Z",
      "components": [{ "by": "month", "name": "fixed", "sort": "grid", "rate": "3.5", }],
    }`);
    expect(tariff).toEqual({
      name: "house",
      carrier: "electricity",
      currency: "EUR",
      unit: "0.01",
      zone: {
        name: "Europe/Vienna",
        untilMs: Date.parse("2027-01-01T00:00Z"),
        offsets: [
          [Date.parse("2026-01-01T00:00Z"), 60],
          [Date.parse("2026-03-29T01:00Z"), 120],
          [Date.parse("2026-10-25T01:00Z"), 60],
        ],
      },
      components: [{ by: "month", name: "fixed", sort: "grid", rate: "3.5" }],
    });
  });

  it("may name a reduction, which it then holds as a number", () => {
    const names = Object.keys(gridReductions);
    const tariff = parseTariff(fileOf(names.map((less, index) => component({ name: `${index}`, less }))));
    expect(tariff.components.map((each) => "less" in each && each.less)).toEqual(
      names.map((name) => gridReductions[name]!.less),
    );
    // As their sources say them: Austria's 57, 28 and 64 %, Switzerland's 40 and 20 %.
    const [austria, swiss] = ["2021-11-01", "2026-01-01"];
    expect(
      names.map((name) => [name, gridReductions[name]!.less / 10_000, gridReductions[name]!.since]),
    ).toEqual([
      ["at-local", 57, austria],
      ["at-regional", 28, austria],
      ["at-regional-medium-voltage", 64, austria],
      ["ch-leg", 40, swiss],
      ["ch-leg-transformed", 20, swiss],
    ]);
    for (const name of names) expect(gridReductions[name]!.source).toMatch(/^https:.* \(.+\)$/);
  });

  it("takes the rates of a series from a file of prices", () => {
    const rows = "2026-07-01T00:00Z,0.1\n2026-07-01T01:00Z,-0.02\n";
    const [found] = parseTariff(fileOf([series]), prices(rows)).components;
    expect(found).toMatchObject({ rates: ["0.1", "-0.02"] });
  });

  it.each([
    [
      "2026-07-01T00:00Z,0.1\n2026-07-01T02:00Z,0.1",
      /prices\.csv: components\[0\]: rate 2: wanted one that begins at 2026-07-01T01/,
    ],
    ["2026-07-01T00:00Z,x", /prices\.csv: line 2: rate: wanted a decimal/],
    ["2026-07-01T00:00,1", /prices\.csv: line 2: start: wanted an instant of UTC/],
    ["2026-07-32T00:00Z,1", /line 2: start: wanted a day and a time that there are/],
    ["2026-07-01T00:00Z", /prices\.csv: line 2: row/],
    ["", /line 2: wanted a rate/],
  ])("refuses prices %j", (rows, wanted) => {
    expect(() => parseTariff(fileOf([series]), prices(rows))).toThrow(wanted);
  });

  it.each([
    [
      fileOf([component({ rate: "1,5" })]),
      /line 13, column 4: components\[0\]\.rate: wanted a decimal with at most 9 places/,
    ],
    [
      fileOf([component({ less: "at-lokal" })]),
      /components\[0\]\.less: wanted parts in a million, or at-local, at-regional/,
    ],
    [fileOf([component({ less: 1_000_001 })]), /components\[0\]\.less/],
    [fileOf([component({ on: [] })]), /components\[0\]\.on: wanted an array of 1 to 6/],
    [fileOf([component({ on: ["received", "received"] })]), /on\[1\]: wanted each once/],
    [fileOf([component({ by: "hourly" })]), /components\[0\]\.by: wanted energy or calendar or/],
    [
      fileOf([component({ minutes: 3 })]),
      /components\[0\]\.minutes: wanted a key out of by, name, sort, on, rate, less/,
    ],
    [fileOf([component({}), component({})]), /components\[1\]\.name: wanted a name of its own/],
    [fileOf([]), /components: wanted an array of 1 to 100/],
    [fileOf([component({})], { zone: "Europe/Wien" }), /line 4, column 2: zone: wanted a time zone/],
    [fileOf([component({})], { unit: "0.00" }), /unit: wanted a decimal above 0/],
    [fileOf([component({})], { until: "2019-01-01T00:00Z" }), /until: wanted an instant after from/],
    [fileOf([series]), /prices\.csv: wanted a file beside the tariff/],
    ['{"name":"t","name":"u"}', /column 13: name: wanted each key once/],
    [
      fileOf([
        component({
          by: "calendar",
          rate: undefined,
          parts: [{ name: "day", hours: ["06:00-22:00"], rate: "1" }],
        }),
      ]),
      /parts\[0\]: wanted a last part that always holds/,
    ],
    [
      fileOf([
        component({
          by: "calendar",
          rate: undefined,
          parts: [
            { name: "a", rate: "1" },
            { name: "b", rate: "1" },
          ],
        }),
      ]),
      /parts\[0\]: wanted months, weekdays or hours/,
    ],
    [
      fileOf([
        component({
          by: "calendar",
          rate: undefined,
          parts: [
            { name: "a", hours: ["06:00-06:00"], rate: "1" },
            { name: "b", rate: "1" },
          ],
        }),
      ]),
      /hours\[0\]: wanted an end that is not the beginning/,
    ],
    [
      fileOf([
        component({
          by: "steps",
          rate: undefined,
          steps: [{ upTo: "5", rate: "1" }, { upTo: "5", rate: "1" }, { rate: "1" }],
        }),
      ]),
      /steps\[1\]\.upTo: wanted more than the step before/,
    ],
    [
      fileOf([component({ by: "steps", rate: undefined, steps: [{ upTo: "5", rate: "1" }] })]),
      /steps\[0\]\.upTo: wanted none: the last step has no limit/,
    ],
  ])("is refused: %s", (text, wanted) => {
    expect(() => parseTariff(text)).toThrow(wanted);
  });

  it("has a schema that takes what is taken, and refuses what a schema can say", () => {
    const good = JSON.parse(fileOf([component({ less: "ch-leg" }), { ...series, name: "b" }]));
    expect(validate(good)).toBe(true);
    for (const bad of [
      { rate: "1,5" },
      { less: "ch" },
      { on: [] },
      { by: "hourly" },
      { minutes: 3 },
      { sort: "fee" },
    ])
      expect(validate(JSON.parse(fileOf([component(bad)]))), JSON.stringify(bad)).toBe(false);
  });
});
