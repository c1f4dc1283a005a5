import { describe, expect, it } from "vitest";
import { load, refusal } from "../support/meters.js";

const plain = {
  form: "long",
  separator: ",",
  decimal: ".",
  time: { column: "time", format: "iso", stamp: "begin" },
  minutes: 15,
  unit: "kWh",
  columns: { meter: "meter", in: "in", out: "out" },
};
const rows = (...lines: string[]): string => `meter,time,in,out\n${lines.join("\n")}\n`;

describe("a long file", () => {
  it("gives what meters drew and injected, whatever the order of rows and the pieces in which it comes", () => {
    const text = rows(
      "B,2024-01-01T00:15Z,0.5,0",
      "A,2024-01-01T00:00Z,1.25,0.001",
      "A,2024-01-01T00:15:00Z,2,0",
      "B,2024-01-01T01:00+01:00,0,3",
    );
    for (const piece of [1, 7, 1 << 20])
      expect(load({ file: text }, { readings: plain, piece }).rows).toEqual({
        B: ["01-01T00:00 0/3000", "01-01T00:15 500/0"],
        A: ["01-01T00:00 1250/1", "01-01T00:15 2000/0"],
      });
  });

  it("may be several files, with the meter's name in that of each", () => {
    const readings = { ...plain, columns: { in: "in" } };
    const found = load(
      { ann: "time,in\n2024-01-01T00:00Z,1\n", bob: "time,in\n2024-01-01T00:00Z,2\n" },
      { readings },
    );
    expect(found.rows).toEqual({ ann: ["01-01T00:00 1000/-"], bob: ["01-01T00:00 2000/-"] });
  });

  it("has gaps where nothing was said", () => {
    const text = rows("A,2024-01-01T00:00Z,1,", "A,2024-01-01T00:30Z,2,0");
    expect(load({ file: text }, { readings: plain }).rows.A).toEqual([
      "01-01T00:00 1000/?",
      "01-01T00:15 ?/?",
      "01-01T00:30 2000/0",
    ]);
  });

  it("is read within a span alone, if one is said", () => {
    const text = rows(
      "A,2023-12-31T23:45Z,1,0",
      "A,2024-01-01T00:00Z,2,0",
      "A,2024-01-01T00:15Z,3,0",
      "A,2024-01-01T00:30Z,4,0",
    );
    const found = load(
      { file: text },
      { readings: plain, from: "2024-01-01T00:00Z", to: "2024-01-01T00:30Z" },
    );
    expect(found.rows.A).toEqual(["01-01T00:00 2000/0", "01-01T00:15 3000/0"]);
    expect(found.extent).toMatchObject({ rows: 4, outside: 4 });
  });

  it("knows members by their meters, one for both directions or one for each", () => {
    const readings = { ...plain, columns: { meter: "meter", value: "in" } };
    const members = [
      { member: "Ann", in: "AT1", out: "AT2" },
      { member: "Bob", in: "AT3" },
    ];
    const text = "meter,time,in\nAT1,2024-01-01T00:00Z,1\nAT3,2024-01-01T00:00Z,3\nAT2,2024-01-01T00:00Z,2\n";
    expect(load({ file: text }, { readings, members }).rows).toEqual({
      Ann: ["01-01T00:00 1000/2000"],
      Bob: ["01-01T00:00 3000/-"],
    });
    expect(refusal(`${text}AT9,2024-01-01T00:00Z,1\n`, { readings, members })).toMatch(
      /^line 5: meter: .*AT9/,
    );
    const leaving = { readings: { ...readings, others: "leave" }, members };
    expect(load({ file: `${text}AT9,2024-01-01T00:00Z,1\n` }, leaving).left).toEqual(["AT9"]);
    const both = [{ member: "Ann", meter: "AT1" }];
    expect(refusal("meter,time,in\nAT1,2024-01-01T00:00Z,1\n", { readings, members: both })).toMatch(
      /"direction"/,
    );
    expect(refusal("meter,time,in\nAT1,2024-01-01T00:00Z,1\n", { readings, members })).toMatch(
      /member Ann: .*readings of its meter/,
    );
  });
});

describe("a wide file", () => {
  const readings = {
    form: "wide",
    separator: ";",
    decimal: ",",
    time: { column: "Zeit", format: "DD.MM.YYYY HH:mm", zone: "Europe/Vienna", stamp: "begin" },
    minutes: 15,
    unit: "kWh",
  };
  const members = [
    { member: "Ann", in: "Ann Bezug", out: "Ann Einspeisung" },
    { member: "Bob", in: "Bob" },
  ];
  const text =
    "Zeit;Bob;Ann Bezug;Ann Einspeisung\n01.07.2024 12:00;0,25;0;1,5\n01.07.2024 12:15;0,5;0,125;0\n";

  it("has a column for each member and direction", () => {
    expect(load({ file: text }, { readings, members }).rows).toEqual({
      Ann: ["07-01T10:00 0/1500", "07-01T10:15 125/0"],
      Bob: ["07-01T10:00 250/-", "07-01T10:15 500/-"],
    });
  });

  it("has no column that nobody names, unless that is said", () => {
    const more = text.replace(/$/gm, ";9").slice(0, -2).replace("Einspeisung;9", "Einspeisung;Summe");
    expect(refusal(more, { readings, members })).toMatch(/^line 1: header: .*Summe/);
    expect(load({ file: more }, { readings: { ...readings, others: "leave" }, members }).left).toEqual([
      "Summe",
    ]);
    expect(refusal(text, { readings })).toMatch(/^members/);
    expect(refusal(text, { readings, members: [...members, { member: "Cem", in: "Cem" }] })).toMatch(
      /member Cem/,
    );
  });
});

describe("days of 23 and 25 hours", () => {
  const local = {
    ...plain,
    time: { column: "time", format: "iso", stamp: "begin", zone: "Europe/Paris", twice: "order" },
    minutes: 30,
  };
  const day = (...times: string[]): string =>
    `meter,time,in,out\n${times.map((time, place) => `A,${time},${place},0`).join("\n")}\n`;
  const autumn = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"].map((time) => `2024-10-27 ${time}`);
  const starts = ["26T23:30 0", "27T00:00 1", "27T00:30 2", "27T01:00 3", "27T01:30 4", "27T02:00 5"];
  const expected = starts.map((start) => `10-${start}000/0`.replace(" 0000", " 0"));

  it("have the hour that comes twice told apart by the order of rows", () => {
    expect(load({ file: day(...autumn) }, { readings: local }).rows.A).toEqual(expected);
  });

  it("refuse an order that contradicts: once, three times, interleaved, backwards", () => {
    const without = (place: number): string[] => autumn.filter((_, index) => index !== place);
    expect(refusal(day(...autumn.slice(0, 3), "2024-10-27 03:00"), { readings: local })).toMatch(
      /^line 3: in: .*two rows/,
    );
    expect(refusal(day(...without(1)), { readings: local })).toMatch(/^line 5: time: .*twice/);
    expect(refusal(day(...autumn, "2024-10-27 02:00"), { readings: local })).toMatch(
      /^line 8: time: .*twice/,
    );
    const interleaved = ["02:00", "02:00", "02:30", "02:30"].map((time) => `2024-10-27 ${time}`);
    expect(refusal(day(...interleaved), { readings: local })).toMatch(/^line 4: time: .*twice/);
    expect(refusal(day(...autumn.toReversed()), { readings: local })).toMatch(/^line 3: time: .*twice/);
  });

  it("have it told apart by marks A and B, or by a column", () => {
    const marked = {
      ...local,
      time: { column: "time", format: "DD.MM.YYYY HH:mmA", stamp: "begin", zone: "Europe/Paris" },
    };
    const times = ["01:30", "02:00A", "02:30A", "02:00B", "02:30B", "03:00"].map(
      (time) => `27.10.2024 ${time}`,
    );
    expect(load({ file: day(...times) }, { readings: marked }).rows.A).toEqual(expected);
    expect(
      load(
        {
          file: day(...times)
            .split("\n")
            .slice(0, 1)
            .concat(
              day(...times)
                .split("\n")
                .slice(1, 7)
                .toReversed(),
            )
            .join("\n"),
        },
        { readings: marked },
      ).rows.A,
    ).toEqual(expected);
    expect(refusal(day("27.10.2024 03:00A"), { readings: marked })).toMatch(/^line 2: time: .*A or B only/);
    expect(refusal(day("27.10.2024 02:00"), { readings: marked })).toMatch(/^line 2: time: .*"twice"/);

    const twice = { column: "season", first: "S", second: "W" };
    const byColumn = { ...local, time: { ...local.time, twice } };
    const rowsOf = (seasons: string): string =>
      `meter,time,in,out,season\n${autumn.map((time, place) => `A,${time},${place},0,${seasons[place]}`).join("\n")}\n`;
    expect(load({ file: rowsOf("SSSWWW") }, { readings: byColumn }).rows.A).toEqual(expected);
    expect(refusal(rowsOf("SSxWWW"), { readings: byColumn })).toMatch(/^line 4: season: .*S or W/);
    expect(refusal(rowsOf("SSSSWW"), { readings: byColumn })).toMatch(/^line 5: time: .*once/);
  });

  it("have it told apart by an offset, which the zone must have then", () => {
    const offset = { ...local, time: { ...local.time, twice: undefined } };
    const times = ["01:30+02:00", "02:00+02:00", "02:30+02:00", "02:00+01:00", "02:30+0100", "03:00+01:00"];
    expect(
      load({ file: day(...times.map((time) => `2024-10-27T${time}`)) }, { readings: offset }).rows.A,
    ).toEqual(expected);
    expect(refusal(day("2024-10-27T03:00+02:00"), { readings: offset })).toMatch(
      /^line 2: time: .*Europe\/Paris/,
    );
  });

  it("leave out an hour in spring, in which no time stands", () => {
    const text = day("2024-03-31 01:30", "2024-03-31 03:00");
    expect(load({ file: text }, { readings: local }).rows.A).toEqual([
      "03-31T00:30 0/0",
      "03-31T01:00 1000/0",
    ]);
    expect(refusal(day("2024-03-31 02:00"), { readings: local })).toMatch(/^line 2: time: .*put forward/);
  });

  it("are asked about where the clocks show a time twice and nobody said what it means", () => {
    const open = { ...local, time: { ...local.time, twice: undefined } };
    expect(refusal(day(...autumn), { readings: open })).toMatch(/^line 3: time: .*"twice" in readings.time/);
    expect(load({ file: day("2024-10-27 01:30") }, { readings: open }).rows.A).toHaveLength(1);
  });

  it("have times that end their intervals, as a writer of moments shows them", () => {
    const ends = { ...local, time: { ...local.time, stamp: "end" } };
    const shown = ["02:00", "02:30", "02:00", "02:30", "03:00"].map((time) => `2024-10-27 ${time}`);
    expect(load({ file: day(...shown) }, { readings: ends }).rows.A?.map((row) => row.slice(0, 11))).toEqual([
      "10-26T23:30",
      "10-27T00:00",
      "10-27T00:30",
      "10-27T01:00",
      "10-27T01:30",
    ]);
  });
});

describe("what is not said and matters", () => {
  it("is asked for, with what the file has there", () => {
    const line = "A,2024-01-01T00:00,1.5,0";
    const without = (key: string): object =>
      Object.fromEntries(Object.entries(plain).filter(([name]) => name !== key));
    const time = (more: object) => ({ readings: { ...plain, time: { column: "time", ...more } } });
    expect(refusal(rows(line), { readings: without("separator") })).toMatch(
      /^line 1: header: .*"separator".*meter,time,in,out/,
    );
    expect(refusal(rows(line), time({}))).toMatch(
      /^line 2: time: .*"format" in readings.time.*2024-01-01T00:00/,
    );
    expect(refusal(rows(line), time({ format: "iso" }))).toMatch(
      /^line 2: time: .*"zone" in readings.time: the time has no offset/,
    );
    expect(refusal(rows(line), time({ format: "iso", zone: "UTC" }))).toMatch(
      /^line 2: time: .*"stamp" in readings.time/,
    );
    expect(refusal(rows("A,2024-01-01T00:00Z,1.5,0"), { readings: without("decimal") })).toMatch(
      /^line 2: in: .*"decimal".*1\.5/,
    );
    expect(refusal(rows("A,2024-01-01T00:00Z,1,0"), { readings: without("decimal") })).toBe("taken");
    for (const key of ["form", "time", "minutes", "unit", "columns"])
      expect(refusal(rows(line), { readings: without(key) })).toMatch(new RegExp(`^readings.${key}`));
  });
});

describe("values", () => {
  const value = (text: string, more: object = {}, tick = "0.001"): string => {
    const readings = { ...plain, separator: ";", ...more };
    const file = `meter;time;in;out\nA;2024-01-01T00:00Z;${text};0\n`;
    const message = refusal(file, { readings, tick });
    return message === "taken" ? load({ file }, { readings, tick }).rows.A![0]!.slice(12, -2) : message;
  };

  it("have a unit: energy, or mean power over the interval", () => {
    expect([value("1.5"), value("1500", { unit: "Wh" }), value("0.0015", { unit: "MWh" })]).toEqual([
      "1500",
      "1500",
      "1500",
    ]);
    expect([
      value("6", { unit: "kW" }),
      value("6000", { unit: "W" }),
      value("0.006", { unit: "MW" }),
    ]).toEqual(["1500", "1500", "1500"]);
    expect(value("1.5", { unit: "kwh" })).toMatch(/^readings.unit/);
  });

  it("are whole ticks, or are rounded where that was said", () => {
    expect(value("0.0015")).toMatch(/^line 2: in: .*"round"/);
    const round = (text: string, tick?: string): string => value(text, { round: "nearest" }, tick);
    expect([round("0.0015"), round("0.0014999"), round("0.00149999999999999999"), round("0.0004")]).toEqual([
      "2",
      "1",
      "1",
      "0",
    ]);
    expect(round("0.000000000000000001", "0.000000000000000001")).toBe("1");
    expect(value("1", { unit: "W", minutes: 10 })).toMatch(/"round"/);
    const readings = { ...plain, round: "nearest" };
    expect(load({ file: rows("A,2024-01-01T00:00Z,0.0005,1") }, { readings }).extent.rounded).toBe(1);
  });

  it("are decimals with the stated mark, without thousands marks, exponents and signs", () => {
    const comma = { decimal: "," };
    expect([value("1,5", comma), value("-0"), value("-0.0"), value("007")]).toEqual([
      "1500",
      "0",
      "0",
      "7000",
    ]);
    for (const text of ["1.5", "1.234,5", "1 234", "1e3", "+1", ",5", "5,", "x", "NULL", " 1", "١"])
      expect(value(text, comma), text).toMatch(/^line 2: in: a decimal|^line 2: in: .*decimal/);
    expect(value("-0.5")).toMatch(/^line 2: in: .*0 or more/);
    expect(value("4294967.294")).toBe("4294967294");
    expect(value("4294967.295")).toMatch(/^line 2: in: .*4294967294/);
    expect(value("999999999999999999")).toMatch(/^line 2: in: /);
  });

  it("are what a counter stood at, if that was said: its steps are the energy", () => {
    const readings = { ...plain, counter: true, time: { column: "time", format: "iso" } };
    const stood = (...values: (readonly [string, string])[]): string =>
      rows(...values.map(([time, kwh]) => `A,2024-01-01T${time}Z,${kwh},10`));
    const text = stood(["00:00", "100.5"], ["00:15", "100.75"], ["00:45", "102"], ["01:00", "102"]);
    expect(
      load({ file: text }, { readings, from: "2024-01-01T00:00Z", to: "2024-01-01T01:00Z" }).rows.A,
    ).toEqual(["01-01T00:00 250/0", "01-01T00:15 ?/?", "01-01T00:30 ?/?", "01-01T00:45 0/0"]);
    expect(refusal(stood(["00:00", "5"], ["00:15", "4"]), { readings })).toMatch(/^line 3: in: .*backwards/);
    expect(refusal(stood(["00:15", "5"], ["00:00", "4"]), { readings })).toMatch(
      /^line 3: time: .*in order of time/,
    );
    expect(refusal(text, { readings: { ...readings, unit: "kW" } })).toMatch(/^readings.unit/);
  });
});

describe("what is refused besides", () => {
  it("are times that are none, stand twice, or are no whole intervals", () => {
    const at = (...times: string[]): string =>
      refusal(rows(...times.map((time) => `A,${time},1,0`)), { readings: plain });
    for (const time of [
      "",
      "2024-02-30T00:00Z",
      "2024-01-01T25:00Z",
      "2024-01-01T00:60Z",
      "01.01.2024 00:00",
      "1900-01-01T00:00Z",
      "2024-01-01T00:00:00.5Z",
    ])
      expect(at(time), time).toMatch(/^line 2: time: /);
    expect(at("2024-01-01T24:00Z")).toBe("taken");
    expect(at("2024-01-01T00:00Z", "2024-01-01T01:00+01:00")).toMatch(/^line 3: time: .*once/);
    expect(at("2024-01-01T00:00Z", "2024-01-01T00:10Z")).toMatch(/^line 3: time: .*15 minutes/);
  });

  it("are columns that are not there or twice, and texts that are not as expected", () => {
    expect(refusal("meter,time,in\n", { readings: plain })).toMatch(
      /^line 1: header: .*"out".*meter,time,in/,
    );
    expect(refusal("meter,time,in,in,out\n", { readings: plain })).toMatch(/^line 1: header: .*once/);
    expect(refusal("", { readings: plain })).toMatch(/^line 1: header/);
    expect(refusal(rows(), { readings: plain })).toMatch(/^readings: .*none/);
    const readings = { ...plain, expect: { step: "PT15M" } };
    const text = "meter,time,in,out,step\nA,2024-01-01T00:00Z,1,0,PT15M\nA,2024-01-01T00:15Z,1,0,PT30M\n";
    expect(refusal(text, { readings })).toMatch(/^line 3: step: .*PT15M.*PT30M/);
  });

  it("is what contradicts itself", () => {
    const check = (more: object): string => refusal("", { readings: { ...plain, ...more } });
    expect(check({ minutes: 7 })).toMatch(/^readings.minutes/);
    expect(check({ time: { column: "t", zone: "Mars/Base" } })).toMatch(/^readings.time.zone/);
    expect(check({ time: { column: "t", format: "HH:mm" } })).toMatch(/^readings.time.format/);
    expect(check({ time: { column: "t", format: "YYYY-MM-DD YYYY" } })).toMatch(/^readings.time.format/);
    expect(check({ time: { column: "t", number: "n" } })).toMatch(/^readings.time.zone/);
    expect(check({ time: { column: "t", number: "n", zone: "UTC", stamp: "end" } })).toMatch(
      /^readings.time.number/,
    );
    expect(check({ time: { column: "t", twice: { column: "c", first: "A", second: "A" } } })).toMatch(
      /^readings.time.twice/,
    );
    expect(check({ columns: { in: "a", value: "b" } })).toMatch(/^readings.columns/);
    expect(check({ columns: { in: "a", direction: { column: "d", in: "x", out: "y" } } })).toMatch(
      /^readings.columns.direction/,
    );
    expect(check({ columns: { value: "a", direction: { column: "d", in: ["x", "y"], out: "y" } } })).toMatch(
      /^readings.columns.direction/,
    );
    expect(check({ guess: true })).toMatch(/^readings.guess/);
    const twice = [
      { member: "A", in: "m" },
      { member: "B", out: "m" },
    ];
    expect(refusal(rows(), { readings: plain, members: twice })).toMatch(/^members\[1\].out: .*once/);
    expect(refusal(rows(), { readings: plain, members: [{ member: "A" }] })).toMatch(/^members\[0\]/);
  });
});
