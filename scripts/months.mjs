// Three months of seventeen measured homes, shared by a French, an Austrian and a Swiss rule (docs/months.md).
//   node scripts/months.mjs [FOLDER]   after `npm run build:lib`; the data set lies in ../shared/data
// Of each month it writes meter files in a form of that country and COMMUNITY.json into FOLDER (default build/months),
// calls `gridclear import` and `verify`, computes every member's energy and money again by the words of
// docs/sharing.md, without the package, reads them in each member's statement of the ledger, and prints a table. It
// fails where two of the three differ by a tick. The bill of one member of each it makes by `gridclear bill` and works
// out again line by line (scripts/monthbill.mjs).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { billSection } from "./monthbill.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const data = fileURLToPath(new URL("../../shared/data/citylearn_2022_measured/", import.meta.url));
const folder = process.argv[2] ?? join(root, "build/months");
const homes = Array.from({ length: 17 }, (_, index) => ({
  name: `H${`${index + 1}`.padStart(2, "0")}`,
  index,
}));
const hourMs = 3_600_000;

/** What the meter of each home would have said in a month of the data, Wh by hour: drawn and injected. */
function meters(month) {
  const { buildings } = JSON.parse(readFileSync(join(data, "schema.json"), "utf8"));
  return homes.map(({ index }) => {
    const text = gunzipSync(readFileSync(join(data, `Building_${index + 1}.csv.gz`))).toString("utf8");
    const [header, ...rows] = text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(","));
    const column = (name) => header.indexOf(name);
    const kilowatts = buildings[`Building_${index + 1}`].pv.attributes.nominal_power;
    return rows
      .filter((row) => row[column("month")] === `${month}`)
      .map((row) => {
        const made = (Number(row[column("solar_generation")]) * kilowatts) / 1000;
        const net = Math.round((Number(row[column("non_shiftable_load")]) - made) * 1000);
        return { in: Math.max(net, 0), out: Math.max(-net, 0) };
      });
  });
}

/** What clocks of a zone show. */
function shown(timeMs, timeZone) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    ...{
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    },
  }).formatToParts(timeMs);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

/** The rules of a country, and how its files look. */
const cases = [
  {
    id: "fr",
    title: "France: in proportion to consumption, the key that holds where the organiser says no other",
    ...{ month: 6, zone: "Europe/Paris", startMs: Date.parse("2026-06-01T00:00:00+02:00") },
    ...{ currency: "EUR", price: "0.13", key: { key: "proportional" }, factors: {} },
    billed: "H02",
    tariff: {
      ...{ name: "example, France", currency: "EUR", zone: "Europe/Paris" },
      components: [
        {
          ...{ by: "calendar", name: "energy", sort: "energy", on: ["fromGrid"] },
          parts: [
            { name: "off-peak hours", hours: ["22:00-06:00"], rate: "0.1050" },
            { name: "peak hours", rate: "0.1420" },
          ],
        },
        { by: "energy", name: "network", sort: "grid", on: ["fromGrid"], rate: "0.0484" },
        { by: "energy", name: "network, shared", sort: "grid", on: ["received"], rate: "0.0294" },
        { by: "month", name: "subscription", sort: "grid", rate: "12.60" },
        { by: "energy", name: "excise duty", sort: "levy", on: ["fromGrid", "received"], rate: "0.0309" },
        { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid", "levy"], percent: "20" },
        { by: "energy", name: "surplus sold", sort: "feedIn", on: ["toGrid"], rate: "0.0400" },
      ],
    },
    readings: {
      ...{ form: "long", separator: ";", minutes: 60, unit: "W", expect: { Pas: "PT60M", Unité: "W" } },
      time: { column: "Horodate", format: "YYYY-MM-DD HH:mm:ss", stamp: "end", zone: "Europe/Paris" },
      columns: {
        ...{ meter: "Identifiant PRM", value: "Valeur" },
        direction: { column: "Grandeur métier", in: "CONS", out: "PROD" },
      },
    },
    members: ({ name }) => ({ member: name, meter: `3000000000${name.slice(1)}00` }),
    files(hours) {
      const rows = hours.flatMap((own, home) =>
        own.flatMap(({ in: drawn, out }, hour) => {
          const { year, month, day, hour: clock } = shown(this.startMs + (hour + 1) * hourMs, this.zone);
          const meter = this.members(homes[home]).meter;
          const row = (kind, watt) =>
            `${meter};${kind};W;${year}-${month}-${day} ${clock}:00:00;${watt};PT60M`;
          return [row("CONS", drawn), row("PROD", out)];
        }),
      );
      return {
        "courbes.csv": ["Identifiant PRM;Grandeur métier;Unité;Horodate;Valeur;Pas", ...rows].join("\n"),
      };
    },
  },
  {
    id: "at",
    title:
      "Austria: fixed shares, of which what somebody does not draw stays surplus; H01 takes part with half of its meters",
    ...{ month: 4, zone: "Europe/Vienna", startMs: Date.parse("2026-04-01T00:00:00+02:00") },
    ...{ currency: "EUR", price: "0.10", factors: { H01: 500_000 } },
    billed: "H10",
    tariff: {
      ...{ name: "example, Austria", currency: "EUR", zone: "Europe/Vienna" },
      components: [
        { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.1390" },
        { by: "energy", name: "network", sort: "grid", on: ["fromGrid"], rate: "0.0698" },
        {
          ...{ by: "energy", name: "network, shared", sort: "grid", on: ["received"] },
          ...{ rate: "0.0698", less: "at-local" },
        },
        { by: "month", name: "network, fixed part", sort: "grid", rate: "4.00" },
        { by: "energy", name: "electricity duty", sort: "levy", on: ["fromGrid"], rate: "0.0150" },
        { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid", "levy"], percent: "20" },
        { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.0650" },
      ],
    },
    key: { key: "static", shares: Object.fromEntries(homes.map(({ name }) => [name, 58_823])) },
    readings: {
      ...{
        form: "long",
        separator: ";",
        decimal: ",",
        minutes: 60,
        unit: "kWh",
        columns: { value: "Wert (kWh)" },
      },
      time: { column: "Messzeitpunkt", format: "DD.MM.YYYY HH:mm", stamp: "begin", zone: "Europe/Vienna" },
    },
    members: ({ name }) => ({ member: name, in: `AT00${name}IN`, out: `AT00${name}OUT` }),
    files(hours) {
      const text = (own, side) =>
        [
          "Messzeitpunkt;Wert (kWh);Qualität",
          ...own.map((said, hour) => {
            const { year, month, day, hour: clock } = shown(this.startMs + hour * hourMs, this.zone);
            return `${day}.${month}.${year} ${clock}:00;${(said[side] / 1000).toFixed(3).replace(".", ",")};L1`;
          }),
        ].join("\n");
      return Object.fromEntries(
        hours.flatMap((own, home) => {
          const { in: drawn, out } = this.members(homes[home]);
          return [
            [`${drawn}.csv`, text(own, "in")],
            [`${out}.csv`, text(own, "out")],
          ];
        }),
      );
    },
  },
  {
    id: "ch",
    title: "Switzerland: in proportion to consumption, supplied first by those on the list of a contract",
    ...{ month: 9, zone: "Europe/Zurich", startMs: Date.parse("2026-09-01T00:00:00+02:00") },
    ...{ currency: "CHF", price: "0.16", factors: {} },
    billed: "H05",
    tariff: {
      ...{ name: "example, Switzerland", currency: "CHF", zone: "Europe/Zurich" },
      components: [
        { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.1250" },
        { by: "energy", name: "network", sort: "grid", on: ["fromGrid"], rate: "0.1080" },
        {
          ...{ by: "energy", name: "network, shared", sort: "grid", on: ["received"] },
          ...{ rate: "0.1080", less: "ch-leg" },
        },
        { by: "energy", name: "federal levies", sort: "levy", on: ["fromGrid", "received"], rate: "0.0285" },
        { by: "month", name: "metering", sort: "grid", rate: "6.50" },
        { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid", "levy"], percent: "8.1" },
        { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.0600" },
      ],
    },
    key: {
      key: "proportional",
      supply: "priority",
      supplyClasses: [
        ["H15", "H01"],
        ["H05", "H07"],
      ],
    },
    readings: {
      ...{ form: "wide", separator: ",", decimal: ".", minutes: 60, unit: "kWh" },
      time: { column: "timestamp", format: "iso", stamp: "begin" },
    },
    members: ({ name }) => ({ member: name, in: `${name} Bezug`, out: `${name} Einspeisung` }),
    files(hours) {
      const header = [
        "timestamp",
        ...homes.flatMap((home) => [this.members(home).in, this.members(home).out]),
      ];
      const rows = hours[0].map((_, hour) => [
        new Date(this.startMs + hour * hourMs).toISOString(),
        ...hours.flatMap((own) => [own[hour].in, own[hour].out].map((wh) => (wh / 1000).toFixed(3))),
      ]);
      return { "lastgang.csv": [header, ...rows].map((cells) => cells.join(",")).join("\n") };
    },
  },
];

// --- The same again, by the words of docs/sharing.md ---------------------------------------------------------------

/** `total` divided by weights out of a whole: differences of rounded running sums. */
function split(total, weights, whole = weights.reduce((sum, weight) => sum + weight, 0n)) {
  if (whole === 0n) return weights.map(() => 0n);
  let running = 0n;
  let before = 0n;
  return weights.map((weight) => {
    running += weight;
    const upTo = (2n * total * running + whole) / (2n * whole);
    const part = upTo - before;
    before = upTo;
    return part;
  });
}

/** Classes in turn: each gets as far as it goes, divided by what its own have. */
function byClasses(total, amounts, classes) {
  const named = new Set(classes.flat());
  const given = amounts.map(() => 0n);
  let left = total;
  for (const members of [...classes, homes.map(({ index }) => index).filter((index) => !named.has(index))]) {
    const places = [...members].sort((a, b) => a - b);
    const sum = places.reduce((all, place) => all + amounts[place], 0n);
    const least = left < sum ? left : sum;
    for (const [index, part] of split(
      least,
      places.map((place) => amounts[place]),
      sum,
    ).entries())
      given[places[index]] = part;
    left -= least;
  }
  return given;
}

const tickPerWh = 1000n;
/** Ticks of 10⁻⁶ kWh that each member received and supplied in all hours, and one of them hour by hour. */
function computed({ key, factors, billed }, hours) {
  const own = [];
  const home = homes.find(({ name }) => name === billed).index;
  const received = homes.map(() => 0n);
  const supplied = homes.map(() => 0n);
  const partOf = (wh, name) =>
    split(BigInt(wh) * tickPerWh, [BigInt(factors[name] ?? 1_000_000)], 1_000_000n)[0];
  for (let hour = 0; hour < hours[0].length; hour += 1) {
    const drawn = homes.map(({ name, index }) => partOf(hours[index][hour].in, name));
    const injected = homes.map(({ name, index }) => partOf(hours[index][hour].out, name));
    const [use, supply] = [drawn, injected].map((all) => all.reduce((sum, ticks) => sum + ticks, 0n));
    const least = use < supply ? use : supply;
    const get =
      key.key === "static"
        ? split(
            supply,
            homes.map(({ name }) => BigInt(key.shares[name])),
            1_000_000n,
          ).map((entitled, place) => (entitled < drawn[place] ? entitled : drawn[place]))
        : split(least, drawn);
    const shared = get.reduce((sum, ticks) => sum + ticks, 0n);
    const classes = key.supplyClasses?.map((names) => names.map((name) => Number(name.slice(1)) - 1));
    const give = classes === undefined ? split(shared, injected) : byClasses(shared, injected, classes);
    for (const { index } of homes) {
      received[index] += get[index];
      supplied[index] += give[index];
    }
    const { in: drawnWh, out: injectedWh } = hours[home][hour];
    own.push({
      ...{ received: get[home], fromGrid: BigInt(drawnWh) * tickPerWh - get[home] },
      ...{ supplied: give[home], toGrid: BigInt(injectedWh) * tickPerWh - give[home] },
    });
  }
  return { received, supplied, own };
}

/** An exact decimal of whole steps of 10^-places. */
function decimal(steps, places) {
  const digits = `${steps}`.padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${digits.slice(0, -places)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A decimal as whole steps of 10^-12. */
function steps(text) {
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  const size = BigInt(`${whole}${fraction.padEnd(12, "0")}`);
  return text.startsWith("-") ? -size : size;
}

/** What a statement of a ledger says of a member in all, in the words of an import. */
function stated(ledger, member) {
  const { entries } = JSON.parse(gridclear("statement", ledger, member, "--json"));
  const sum = (kind, column) =>
    entries.filter(({ entry }) => entry === kind).reduce((all, own) => all + steps(own[column]), 0n);
  const size = (value) => decimal(value < 0n ? -value : value, 12);
  return {
    received: size(sum("received", "energy")),
    fromGrid: size(sum("from grid", "energy")),
    supplied: size(sum("supplied", "energy")),
    toGrid: size(sum("to grid", "energy")),
    pays: size(sum("received", "amount")),
    earns: size(sum("supplied", "amount")),
  };
}

/** What the command line of this checkout prints; throws where it does not exit with 0. */
function gridclear(...args) {
  const call = [join(root, "dist/cli/main.js"), ...args];
  return execFileSync(process.execPath, call, { encoding: "utf8", maxBuffer: 1 << 28 });
}

// --- The months ----------------------------------------------------------------------------------------------------

if (!existsSync(data)) {
  console.error(`no data set in ${data}`);
  process.exit(2);
}
for (const each of cases) {
  const home = join(folder, each.id);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const hours = meters(each.month);
  const files = Object.entries(each.files(hours));
  for (const [name, text] of files) writeFileSync(join(home, name), `${text}\n`);
  const members = homes.map((own) => ({
    ...each.members(own),
    ...(each.factors[own.name] === undefined ? {} : { factor: each.factors[own.name] }),
  }));
  const { currency, price, key, readings } = each;
  const community = { community: each.id, currency, price, key, members, readings };
  writeFileSync(join(home, "community.json"), `${JSON.stringify(community, null, 2)}\n`);

  const paths = files.map(([name]) => join(home, name));
  const ledger = join(home, "ledger");
  const found = JSON.parse(
    gridclear("import", ...paths, "--community", join(home, "community.json"), "--out", ledger, "--json"),
  );
  gridclear("verify", ledger);
  const { received, supplied, own: ownHours } = computed(each, hours);
  const priceCents = BigInt(Math.round(Number(price) * 100));
  const faults = homes.flatMap(({ name, index }) => {
    const sum = (side) => hours[index].reduce((all, said) => all + BigInt(said[side]), 0n) * tickPerWh;
    const wanted = {
      member: name,
      in: decimal(sum("in"), 6),
      out: decimal(sum("out"), 6),
      received: decimal(received[index], 6),
      supplied: decimal(supplied[index], 6),
      pays: decimal(received[index] * priceCents, 8),
      earns: decimal(supplied[index] * priceCents, 8),
    };
    const got = found.members[index];
    const own = stated(ledger, name);
    return [
      ...Object.entries(wanted).flatMap(([field, value]) =>
        got[field] === value ? [] : [`${name}.${field}: ${got[field]}, computed ${value}`],
      ),
      ...Object.entries(own).flatMap(([field, value]) =>
        got[field] === value ? [] : [`${name}.${field}: ${got[field]}, in the ledger ${value}`],
      ),
    ];
  });
  const { billed, tariff, month, zone, startMs } = each;
  writeFileSync(join(home, "tariff.json"), `${JSON.stringify(tariff, null, 2)}\n`);
  const monthName = `2026-${`${month}`.padStart(2, "0")}`;
  const made = JSON.parse(
    gridclear(
      ...["bill", ledger, billed, "--month", monthName, "--tariff", join(home, "tariff.json"), "--json"],
    ),
  );
  const clocked = ownHours.map((own, hour) => {
    const { hour: h, minute } = shown(startMs + hour * hourMs, zone);
    return { ...own, clock: `${h}:${minute}` };
  });
  const section = billSection(tariff, clocked, price, made);
  faults.push(...section.faults.map((fault) => `bill of ${billed}: ${fault}`));
  if (faults.length > 0) throw new Error(faults.join("\n"));

  console.log(`\n## ${each.title}\n`);
  console.log(
    `${found.intervals} hours from ${found.from}; ${found.in} kWh drawn, ${found.out} kWh injected, ${found.shared} kWh shared at ${price} ${currency}/kWh\n`,
  );
  console.log("| member | drew | received | from grid | injected | supplied | to grid | pays | earns |");
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const own of found.members) {
    const cells = [
      own.in,
      own.received,
      own.fromGrid,
      own.out,
      own.supplied,
      own.toGrid,
      own.pays,
      own.earns,
    ];
    console.log(`| ${own.member} | ${cells.map((text) => Number(text).toFixed(2)).join(" | ")} |`);
  }
  console.log(`\n### The bill of ${billed}\n\n${section.text}`);
}
