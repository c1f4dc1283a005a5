import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/commands/run.js";
import { openCommunity } from "../../src/simulation/community.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { parseWeather } from "../../src/simulation/weatherfile.js";
import { hourOfYear, measuredSky } from "../../src/simulation/world/measured.js";
import { clearSky, sunAt } from "../../src/simulation/world/sky.js";
import { createWeather } from "../../src/simulation/world/weather.js";
import { run } from "../support/commands.js";

const hourMs = 3_600_000;
const newYear = Date.UTC(2023, 0, 1);
const place = { latitude: 51.3, longitude: 9.5 };

/** A year of hours: half of what a clear sky lets through, and numbers that tell each hour from its neighbours. */
const year = Array.from({ length: 8_760 }, (_, hour) => {
  let clear = 0;
  for (let part = 0; part < 60; part++)
    clear += clearSky(sunAt(newYear + (hour + (part + 0.5) / 60) * hourMs, 51.3, 9.5).altitude) / 60;
  return {
    temperature: ((hour % 300) - 50) / 10,
    global: Math.round(clear * 5) / 10,
    wind: (hour % 90) / 10,
  };
});
const two = (value: number) => `${value}`.padStart(2, "0");

const plain = (skip = -1) =>
  `time,temperature,irradiance,wind\n${year
    .flatMap(({ temperature, global, wind }, hour) =>
      hour === skip
        ? []
        : [
            `${new Date(newYear + hour * hourMs).toISOString().slice(0, 16)}Z,${temperature},${global},${wind}`,
          ],
    )
    .join("\n")}\n`;
const pvgis = `Latitude (decimal degrees): 51.300\nLongitude (decimal degrees): 9.500\nmonth,year\n1,2012\n2,2015\ntime(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP\n${year
  .map(({ temperature, global, wind }, hour) => {
    const date = new Date(newYear + hour * hourMs);
    const stamp = `2012${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}:${two(date.getUTCHours())}00`;
    return `${stamp},${temperature},80.1,${global},0.0,0.0,300.1,${wind},250.0,99000.0`;
  })
  .join("\n")}\n\nT2m: 2-m air temperature (degree Celsius)\n`;
/** Local standard time one hour ahead, hours counted from 1: its rows begin an hour before the year of UTC does. */
const epw = [
  "LOCATION,Kassel,-,DEU,TMY,104380,51.30,9.45,1.0,231.0",
  "DESIGN CONDITIONS,0",
  "TYPICAL/EXTREME PERIODS,0",
  "GROUND TEMPERATURES,0",
  "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
  "COMMENTS 1,made up",
  "COMMENTS 2,",
  "DATA PERIODS,1,1,Data,Sunday,1/1,12/31",
  ...year.map((_, row) => {
    const local = new Date(newYear + row * hourMs);
    const { temperature, global, wind } = year[(row - 1 + 8_760) % 8_760]!;
    const stamp = `1999,${local.getUTCMonth() + 1},${local.getUTCDate()},${local.getUTCHours() + 1},60,?9`;
    return `${stamp},${temperature},1.0,80,99000,0,0,300,${global},0,0,0,0,0,0,250,${wind},5,5,20,77777,9`;
  }),
].join("\n");

describe("a file of weather", () => {
  it("says the same in each of its formats", () => {
    const [first, ...others] = [plain(), pvgis, epw].map(parseWeather);
    expect([...first!.temperature]).toEqual(year.map(({ temperature }) => temperature));
    for (const other of others)
      for (const name of ["temperature", "global", "wind"] as const)
        expect([...other[name]]).toEqual([...first![name]]);
    expect(hourOfYear(Date.parse("2024-02-29T05:30:00Z"))).toBe(
      hourOfYear(Date.parse("2025-02-28T05:00:00Z")),
    );
    expect(hourOfYear(Date.parse("2024-12-31T23:59:00Z"))).toBe(8_759);
  });

  it("may be one of a leap year, whose 29th of February is left aside", () => {
    const whole = parseWeather(plain());
    const withDay = (text: string, day: string, next: string, temperature: RegExp) => {
      const lines = text.split("\n");
      const from = lines.findIndex((line) => line.startsWith(day));
      // 99 degrees would be refused, were they read.
      const more = lines
        .slice(from, from + 24)
        .map((line) => line.replace(day, next).replace(temperature, "$1,99"));
      expect(more.every((line) => line.startsWith(next))).toBe(true);
      return lines.toSpliced(from + 24, 0, ...more).join("\n");
    };
    const leap = (text: string) => text.replace(/^(1999|2023)(?=[,-])/gm, "2000");
    for (const text of [
      withDay(leap(epw), "2000,2,28,", "2000,2,29,", /(\?9),[^,]*/),
      withDay(leap(plain()), "2000-02-28T", "2000-02-29T", /(Z),[^,]*/),
    ])
      expect(parseWeather(text)).toEqual(whole);
  });

  it("lights every hour as measured, and none after sunset", () => {
    const sky = measuredSky(parseWeather(plain()), place.latitude, place.longitude);
    const at = createWeather({
      ...{ ...place, seed: 1, timeZone: "Etc/UTC", kind: "mixed", measured: sky },
      ...{ startMs: Date.UTC(2026, 5, 10), stepMs: 300_000 },
    });
    for (let hour = 0; hour < 48; hour++) {
      let global = 0;
      for (let part = 0; part < 12; part++) {
        const moment = at(hour * 12 + part);
        const clear = clearSky(sunAt(moment.timestampMs, place.latitude, place.longitude).altitude);
        global += (clear * sky(moment.timestampMs).clearness) / 12;
        if (moment.sunAltitude < 0) expect(Math.max(...moment.irradiance)).toBe(0);
      }
      const { global: measured, temperature } = year[hourOfYear(Date.UTC(2026, 5, 10, hour))]!;
      expect(Math.abs(global - measured)).toBeLessThan(1 + measured / 50);
      const half = at(hour * 12 + 6);
      expect(Math.abs(half.temperature - temperature)).toBeLessThan(0.2);
    }
  });

  it.each([
    ["", /weather/],
    ["time,temperature,wind\n", /line 1: header/],
    [plain().replace("2023-01-01T03:00Z", "3 o'clock"), /line 5: time/],
    [plain().replace(/(2023-01-01T02:00Z),[^,]*/, "$1,warm"), /line 4: temperature/],
    [plain().replace(/(2023-01-01T02:00Z,[^,]*),[^,]*/, "$1,-1"), /line 4: irradiance/],
    [plain().replace("2023-01-01T02:00Z", "2023-01-01T01:00Z"), /line 4: time/],
    [epw.replace(",9.45,1.0,", ",9.45,east,"), /line 1: time zone/],
    [pvgis.replace("WS10m,", "WS,"), /line 6: header/],
    // A row of EPW says its year, month, day and hour, the last from 1 on.
    [epw.replace("1999,1,1,3,", "1999,13,1,3,"), /line 11: time/],
    [epw.replace("1999,1,1,3,", "1999,0,1,3,"), /line 11: time/],
    [epw.replace("1999,1,1,3,", "1999,1,0,3,"), /line 11: time/],
    [epw.replace("1999,1,31,24,", "1999,1,32,24,"), /line 752: time/],
    [epw.replace("1999,1,1,3,", "1999,1,1,25,"), /line 11: time/],
    [epw.replace("1999,1,1,3,", "1999,1,1,0,"), /line 11: time/],
    [epw.replace("1999,3,1,1,", "1999,2,29,1,"), /line 1425: time/],
    [epw.replace("1999,1,1,3,", "1999,1,one,3,"), /line 11: time/],
    [pvgis.replace("20120101:0300", "20121301:0300"), /line 10: time/],
    [pvgis.replace("20120101:0300", "20120101:2400"), /line 10: time/],
    [pvgis.replace("20120101:0300", "20110229:0300"), /line 10: time/],
    [plain().replace("2023-03-03T00:00Z", "2023-02-31T00:00Z"), /line 1466: time/],
    [plain().replace("2023-01-02T00:00Z", "2023-01-01T24:00Z"), /line 26: time/],
  ])("is refused with the place of what is wrong (%#)", (text, place) => {
    expect(() => parseWeather(text)).toThrow(place);
  });

  it("has to have the hours of the run", () => {
    const scenario = checkScenario({
      ...{ name: "own", participants: { home: 2 }, periodMs: hourMs, date: "2026-03-02" },
      weatherFile: "year.csv",
    });
    expect(() => openCommunity(scenario)).toThrow(/the weather of year.csv/);
    const gap = hourOfYear(Date.parse("2026-03-02T12:00:00Z"));
    expect(() => openCommunity(scenario, { weather: parseWeather(plain(gap)) })).toThrow(/2026-03-02T12/);
    expect(openCommunity(scenario, { weather: parseWeather(plain(gap + 100)) }).members).toHaveLength(2);
    const whole = parseWeather(plain());
    for (const name of ["temperature", "global", "wind"] as const)
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const weather = { ...whole, [name]: whole[name].with(gap, value) };
        expect(() => openCommunity(scenario, { weather }), name).toThrow(/2026-03-02T12/);
      }
  });

  it("gives a day the same orders whichever days were asked for before", () => {
    const scenario = checkScenario({
      ...{ name: "leap", participants: { solar: 3, business: 2 }, periodMs: hourMs, periods: 48 },
      ...{ date: "2028-02-28", timeZone: "Etc/UTC", weatherFile: "year.csv" },
    });
    const weather = parseWeather(plain());
    const inOrder = openCommunity(scenario, { weather });
    for (let period = 0; period < 48; period++) {
      const found = inOrder.orders(period);
      // The 29th has the hours of the 28th, under a sun that stands higher.
      expect(found, `period ${period}`).toEqual(openCommunity(scenario, { weather }).orders(period));
    }
  });
});

describe("gridclear run with a file of weather", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gridclear-weather-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("reads it beside the scenario, and goes on only with the same", async () => {
    const scenario = join(folder, "own.json");
    const file = join(folder, "year.epw");
    await writeFile(file, epw);
    await writeFile(
      scenario,
      JSON.stringify({
        ...{ name: "own", participants: { home: 4, solar: 1 }, periodMs: hourMs, date: "2026-06-10" },
        weatherFile: "year.epw",
      }),
    );
    const call = () => run(runCommand, scenario, "--ledger", join(folder, "ledger"), "--json");
    const { code, out } = await call();
    expect([code, JSON.parse(out).complete]).toEqual([0, true]);
    await writeFile(file, epw.replace(/,5,5,20,77777,9$/, ",5,5,21,77777,9"));
    expect((await call()).code).toBe(0);
    await writeFile(file, plain());
    expect((await call()).code).toBe(0);
    await writeFile(file, plain().replace(/(2023-06-10T10:00Z),[^,]*/, "$1,39"));
    await expect(call()).rejects.toMatchObject({ code: "conflict" });
    await writeFile(file, "nothing");
    await expect(call()).rejects.toMatchObject({ code: "invalid" });
  });
});
