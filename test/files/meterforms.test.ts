/**
 * Forms in which portals and operators give readings: samples made by hand after what others wrote about real exports,
 * named at each, and files of random forms that an independent writer made.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { load, refusal } from "../support/meters.js";

describe("exports of operators", () => {
  it("Enedis, load curve R63: mean power in W, local times that end half hours", () => {
    // Columns as public readers of SGE files have them; steps change within a file, and consumption stands beside
    // production (analytics.parsewatt.fr, "10 subtilités des courbes de charge Enedis à connaître").
    const header =
      "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;Nature;Pas";
    const row = (kind: string, time: string, watt: number, step = "PT30M"): string =>
      `00000000000001;2024-03-31;2024-04-01;PA;${kind};BRUT;W;${time};${watt};B;${step}`;
    const readings = {
      form: "long",
      separator: ";",
      time: { column: "Horodate", format: "YYYY-MM-DD HH:mm:ss", zone: "Europe/Paris", stamp: "end" },
      minutes: 30,
      unit: "W",
      columns: {
        meter: "Identifiant PRM",
        value: "Valeur",
        direction: { column: "Grandeur métier", in: "CONS", out: "PROD" },
      },
      expect: { Pas: "PT30M", Unité: "W" },
    };
    const members = [{ member: "Anne", meter: "00000000000001" }];
    const text = [
      header,
      row("CONS", "2024-03-31 01:30:00", 692),
      // The clocks are put forward at 2: the half hour that ends then ends at 3.
      row("CONS", "2024-03-31 03:00:00", 700),
      row("PROD", "2024-03-31 01:30:00", 0),
      row("PROD", "2024-03-31 03:00:00", 8),
      "",
    ].join("\n");
    expect(load({ file: text }, { readings, members }).rows.Anne).toEqual([
      "03-31T00:00 346/0",
      "03-31T00:30 350/4",
    ]);
    const other = text.replace("8;B;PT30M", "8;B;PT10M");
    expect(refusal(other, { readings, members })).toMatch(/^line 5: Pas: .*PT30M.*PT10M/);
  });

  it("Enedis, files of the customer portal: lines before the header, and the meter in the file's name", () => {
    // As in l-etabli/quoalise, formalisme/enedis.md ("Flux historique").
    const text = [
      "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite;Pas en minutes",
      "00000000000000;Courbe de charge;01/09/2018;21/08/2020;Energie active;Consommation;Comptage Brut;W;",
      "",
      "Horodate;Valeur",
      "2018-12-07T00:30:00+01:00;500",
      "2018-12-07T01:00:00+01:00;640",
    ].join("\r\n");
    const readings = {
      form: "long",
      separator: ";",
      skip: 3,
      time: { column: "Horodate", format: "iso", stamp: "end" },
      minutes: 30,
      unit: "W",
      columns: { value: "Valeur" },
    };
    const found = load(
      { "00000000000000": text },
      { readings, members: [{ member: "Anne", in: "00000000000000" }] },
    );
    expect(found.rows.Anne).toEqual(["12-06T23:00 250/-", "12-06T23:30 320/-"]);
  });

  it("Netz NÖ: German dates, decimal commas, one file a meter, more columns than are needed", () => {
    // Columns as in awattar-backtesting/awattar-backtesting.github.io, docs/netzbetreiber.js.
    const text = [
      "Messzeitpunkt;Verbrauch (kWh);Qualität;Restnetzbezug (kWh);",
      "01.01.2024 00:15;0,0365;L1;0,0365;",
      "01.01.2024 00:30;0,028;L1;0,028;",
    ].join("\n");
    const readings = {
      form: "long",
      separator: ";",
      decimal: ",",
      time: { column: "Messzeitpunkt", format: "DD.MM.YYYY HH:mm", zone: "Europe/Vienna", stamp: "end" },
      minutes: 15,
      unit: "kWh",
      columns: { in: "Verbrauch (kWh)" },
    };
    expect(load({ AT0020: text }, { readings, tick: "0.0001" }).rows.AT0020).toEqual([
      "12-31T23:00 365/-",
      "12-31T23:15 280/-",
    ]);
  });

  it("Spain, hourly curves (e-distribución, Datadis): the number of the hour, 1 to 23, 24 or 25", () => {
    // "CUPS;Fecha;Hora;AE_kWh;AS_KWh;AE_AUTOCONS_kWh;REAL/ESTIMADO", hours counted within the day: as several public
    // programs read and write it.
    const header = "CUPS;Fecha;Hora;AE_kWh;AS_KWh;AE_AUTOCONS_kWh;REAL/ESTIMADO";
    const hours = Array.from(
      { length: 25 },
      (_, hour) => `ES0031;27/10/2024;${hour + 1};0,${100 + hour};0;;R`,
    );
    const readings = {
      form: "long",
      separator: ";",
      decimal: ",",
      time: { column: "Fecha", format: "DD/MM/YYYY", number: "Hora", zone: "Europe/Madrid" },
      minutes: 60,
      unit: "kWh",
      columns: { meter: "CUPS", in: "AE_kWh", out: "AS_KWh" },
    };
    const { rows } = load({ file: [header, ...hours].join("\n") }, { readings });
    expect(rows.ES0031).toHaveLength(25);
    expect([rows.ES0031![0], rows.ES0031![24]]).toEqual(["10-26T22:00 100/0", "10-27T22:00 124/0"]);
    const more = [header, "ES0031;27/10/2024;26;0,1;0;;R"].join("\n");
    expect(refusal(more, { readings })).toMatch(/^line 2: Hora: .*1 to 25/);
    expect(refusal(more.replace("27/10/2024;26", "31/03/2024;24"), { readings })).toMatch(
      /^line 2: Hora: .*1 to 23/,
    );
  });

  it("Fluvius: day and time in two columns, four registers, digits as Excel keeps them", () => {
    // Columns and registers as in public readers of "Verbruikshistoriek" exports.
    const header =
      "Van (datum);Van (tijdstip);Tot (datum);Tot (tijdstip);EAN-code;Meter;Metertype;Register;Volume;Eenheid;Validatiestatus;Omschrijving";
    const row = (time: string, register: string, volume: string): string =>
      `02-09-2025;${time};02-09-2025;;="541448820050357909";1SAG;Digitale meter;${register};${volume};kWh;Uitgelezen;`;
    const readings = {
      form: "long",
      separator: ";",
      decimal: ",",
      time: {
        column: ["Van (datum)", "Van (tijdstip)"],
        format: "DD-MM-YYYY HH:mm:ss",
        zone: "Europe/Brussels",
        stamp: "begin",
      },
      minutes: 15,
      unit: "kWh",
      columns: {
        meter: "EAN-code",
        value: "Volume",
        direction: {
          column: "Register",
          in: ["Afname Dag", "Afname Nacht"],
          out: ["Injectie Dag", "Injectie Nacht"],
        },
      },
      expect: { Eenheid: "kWh" },
    };
    const text = [
      header,
      row("00:00:00", "Afname Nacht", "0,065"),
      row("00:00:00", "Injectie Nacht", "0"),
      row("12:00:00", "Afname Dag", "0,002"),
      row("12:00:00", "Injectie Dag", "1,5"),
    ].join("\n");
    const { rows } = load({ file: text }, { readings });
    expect([rows["541448820050357909"]![0], rows["541448820050357909"]![48]]).toEqual([
      "09-01T22:00 65/0",
      "09-02T10:00 2/1500",
    ]);
  });
});

describe("files of random forms", () => {
  const zones = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC", "Africa/Casablanca"];
  // About days on which clocks of these zones are changed, both ways.
  const about = [
    "2024-03-31",
    "2024-10-27",
    "2024-03-10",
    "2024-11-03",
    "2024-04-07",
    "2024-10-06",
    "2024-02-29",
  ];
  const arbitrary = fc.record({
    zone: fc.constantFrom(...zones),
    startMs: fc
      .tuple(fc.constantFrom(...about), fc.integer({ min: -24, max: 0 }))
      .map(([day, hour]) => Date.parse(day) + hour * 3_600_000),
    minutes: fc.constantFrom(15, 30, 60),
    intervals: fc.integer({ min: 1, max: 150 }),
    meters: fc.integer({ min: 1, max: 3 }),
    wh: fc.array(fc.integer({ min: 0, max: 99_999 }), { minLength: 7, maxLength: 7 }),
    times: fc.constantFrom("order", "offset", "utc", "unix", "mark"),
    stamp: fc.constantFrom("begin", "end"),
    separator: fc.constantFrom(";", ",", "\t"),
    unit: fc.constantFrom("Wh", "kWh", "MWh"),
    isWide: fc.boolean(),
    byMeter: fc.boolean(),
    piece: fc.integer({ min: 1, max: 500 }),
  });

  it("give what was written into them", () => {
    fc.assert(
      fc.property(arbitrary, (form) => {
        const intervalMs = form.minutes * 60_000;
        // Begins of intervals lie on whole hours of UTC; so do the changes of clocks, on Lord Howe on whole half hours.
        const wh = (meter: number, index: number, side: number): number =>
          form.wh[(index * 3 + meter * 2 + side) % 7]!;
        const text = written(form, wh);
        const time = {
          column: "time",
          format: {
            order: "DD/MM/YYYY HH:mm",
            offset: "iso",
            utc: "iso",
            unix: "unix",
            mark: "YYYY.MM.DD HH:mm A",
          }[form.times],
          zone: form.zone,
          stamp: form.stamp,
          ...(form.times === "order" ? { twice: "order" } : {}),
        };
        const readings = {
          form: form.isWide ? "wide" : "long",
          separator: form.separator,
          decimal: form.separator === "," ? "." : ",",
          time,
          minutes: form.minutes,
          unit: form.unit,
          ...(form.isWide ? {} : { columns: { meter: "meter", in: "in", out: "out" } }),
        };
        const members = Array.from({ length: form.meters }, (_, meter) =>
          form.isWide
            ? { member: `M${meter}`, in: `M${meter} in`, out: `M${meter} out` }
            : { member: `M${meter}`, meter: `M${meter}` },
        );
        const isCut = form.times === "order" && !isWholeHour(form);
        if (isCut) return;
        const { rows, extent } = load({ file: text }, { readings, members, piece: form.piece });
        expect(extent).toMatchObject({
          fromMs: form.startMs,
          toMs: form.startMs + form.intervals * intervalMs,
        });
        for (const [meter, { member }] of members.entries())
          expect(rows[member]!.map((row) => row.slice(12))).toEqual(
            Array.from(
              { length: form.intervals },
              (_, index) => `${wh(meter, index, 0)}/${wh(meter, index, 1)}`,
            ),
          );
      }),
      { numRuns: 150, seed: 15 },
    );
  });

  interface Form {
    readonly zone: string;
    readonly startMs: number;
    readonly minutes: number;
    readonly intervals: number;
    readonly meters: number;
    readonly times: string;
    readonly stamp: string;
    readonly separator: string;
    readonly unit: string;
    readonly isWide: boolean;
    readonly byMeter: boolean;
  }

  /** What clocks show, by Intl's own words; and which time of two it is. */
  const shown = (zone: string, timeMs: number): { readonly [part: string]: string } =>
    Object.fromEntries(
      new Intl.DateTimeFormat("en-GB", {
        timeZone: zone,
        ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
        hourCycle: "h23",
        timeZoneName: "longOffset",
      })
        .formatToParts(timeMs)
        .map(({ type, value }) => [type, value]),
    );
  const clockOf = (zone: string, timeMs: number): string => {
    const { year, month, day, hour, minute } = shown(zone, timeMs);
    return `${year} ${month} ${day} ${hour} ${minute}`;
  };
  const isAgain = (zone: string, timeMs: number): boolean =>
    [30, 60].some((minutes) => clockOf(zone, timeMs - minutes * 60_000) === clockOf(zone, timeMs));
  const comesAgain = (zone: string, timeMs: number): boolean =>
    [30, 60].some((minutes) => clockOf(zone, timeMs + minutes * 60_000) === clockOf(zone, timeMs));

  /** Whether a file holds the hour that comes twice either not at all or as a whole, so that its order tells. */
  function isWholeHour(form: Form): boolean {
    const shiftMs = form.stamp === "end" ? form.minutes * 60_000 : 0;
    const stamps = Array.from(
      { length: form.intervals },
      (_, index) => form.startMs + index * form.minutes * 60_000 + shiftMs,
    );
    const [first, second] = [
      stamps.filter((ms) => comesAgain(form.zone, ms)),
      stamps.filter((ms) => isAgain(form.zone, ms)),
    ];
    return (
      first.length === second.length &&
      first.every((ms, place) => clockOf(form.zone, ms) === clockOf(form.zone, second[place]!))
    );
  }

  function timeText(form: Form, timeMs: number): string {
    if (form.times === "unix") return `${timeMs / 1000}`;
    if (form.times === "utc") return new Date(timeMs).toISOString();
    const { year, month, day, hour, minute, timeZoneName } = shown(form.zone, timeMs);
    if (form.times === "offset")
      return `${year}-${month}-${day}T${hour}:${minute}${timeZoneName === "GMT" ? "+00:00" : timeZoneName!.slice(3)}`;
    if (form.times === "order") return `${day}/${month}/${year} ${hour}:${minute}`;
    const mark = isAgain(form.zone, timeMs) ? "B" : comesAgain(form.zone, timeMs) ? "A" : "";
    return `${year}.${month}.${day} ${hour}:${minute} ${mark}`;
  }

  function written(form: Form, wh: (meter: number, index: number, side: number) => number): string {
    const meters = Array.from({ length: form.meters }, (_, meter) => meter);
    const indexes = Array.from({ length: form.intervals }, (_, index) => index);
    const times = indexes.map((index) =>
      timeText(form, form.startMs + (index + (form.stamp === "end" ? 1 : 0)) * form.minutes * 60_000),
    );
    const energy = (meter: number, index: number, side: number): string => {
      const places = { Wh: 0, kWh: 3, MWh: 6 }[form.unit]!;
      const digits = `${wh(meter, index, side)}`.padStart(places + 1, "0");
      const whole = digits.slice(0, digits.length - places);
      return places === 0 ? whole : `${whole}${form.separator === "," ? "." : ","}${digits.slice(-places)}`;
    };
    const rows = form.isWide
      ? [
          ["time", ...meters.flatMap((meter) => [`M${meter} in`, `M${meter} out`])],
          ...indexes.map((index) => [
            times[index]!,
            ...meters.flatMap((meter) => [energy(meter, index, 0), energy(meter, index, 1)]),
          ]),
        ]
      : [
          ["in", "meter", "out", "time"],
          ...(form.byMeter
            ? meters.flatMap((meter) => indexes.map((index) => [meter, index] as const))
            : indexes.flatMap((index) => meters.map((meter) => [meter, index] as const))
          ).map(([meter, index]) => [
            energy(meter, index, 0),
            `M${meter}`,
            energy(meter, index, 1),
            times[index]!,
          ]),
        ];
    return rows.map((cells) => cells.join(form.separator)).join("\n");
  }
});
