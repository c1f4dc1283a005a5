// `gridclear bill` on a ledger on disk: the same bill in three forms, and what it refuses.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Bill } from "../../../src/bill/bill.js";
import { openEngine } from "../../../src/core/engine.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { runStreet } from "../../bill/market.js";
import { call } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-bill-"));
const ledger = join(folder, "ledger");
beforeAll(async () => {
  const store = await openNodeStore(ledger);
  await runStreet(await openEngine(), 11, {
    store,
    startMs: Date.UTC(2026, 6, 30),
    periods: 60,
    components: [
      { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.07" },
      { by: "month", name: "meter", sort: "grid", rate: "2.4" },
    ],
  });
  await store.close();
});

const july = ["bill", ledger, "ann", "--month", "2026-07"];

test("says the same as a table, as JSON and as CSV", async () => {
  const json = await call(...july, "--json");
  expect(json).toMatchObject({ code: 0, err: "" });
  const bill = JSON.parse(json.out) as Bill;
  // Two days less the two hours by which Vienna's month ended before.
  expect(bill).toMatchObject({
    participant: "ann",
    month: "2026-07",
    periods: 46,
    isClosed: true,
    unit: "0.01",
  });
  expect(bill.from).toBe("2026-07-30T00:00:00.000Z");
  expect(bill.until).toBe("2026-07-31T22:00:00.000Z");
  expect(bill.tariffs).toEqual([{ name: "house", carrier: "electricity", isInLedger: true }]);
  const csv = await call(...july, "--csv");
  const rows = csv.out.trim().split("\r\n");
  expect(rows[0]).toBe("group,carrier,line,quantity,unit,price,amount");
  expect(rows.slice(1, -1).map((row) => row.split(",").at(-1))).toEqual(
    bill.lines.map(({ amount }) => amount),
  );
  expect(rows.at(-1)).toBe(`total,,total,,,,${bill.total}`);
  const table = await call(...july);
  expect(table.code).toBe(0);
  for (const { label, amount } of bill.lines)
    expect(
      table.out.split("\n").some((line) => line.includes(label) && line.endsWith(amount)),
      label,
    ).toBe(true);
  expect(table.out).toContain("without the community");
});

test("writes a page with the proofs and the program that checks them", async () => {
  const { code, out } = await call(...july, "--html");
  expect(code).toBe(0);
  expect(out).toContain("<title>Bill of ann, 2026-07</title>");
  const data = /id="data">(.*)<\/script>/.exec(out)![1]!;
  const { bill, bundle } = JSON.parse(data) as { bill: Bill; bundle: string };
  expect(bill).toEqual(JSON.parse((await call(...july, "--json")).out));
  expect(bundle).toMatch(/^\{"format":"gridclear bundle v2"/);
  expect(out).toMatch(/script-src &#39;sha256-[A-Za-z0-9+/]{43}=&#39;/);
});

test("goes by a tariff from a file, with prices beside it", async () => {
  const rows = Array.from(
    { length: 48 },
    (_, hour) => `${new Date(Date.UTC(2026, 6, 30, hour)).toISOString().slice(0, 16)}Z,0.1`,
  );
  writeFileSync(join(folder, "prices.csv"), `start,rate\n${rows.join("\r\n")}\r\n`);
  const tariff = (series: object) => {
    const file = join(folder, "tariff.json");
    const spot = {
      by: "series",
      name: "spot",
      sort: "levy",
      on: ["fromGrid", "bought"],
      start: "2026-07-30T00:00Z",
    };
    const components = [{ ...spot, minutes: 60, rates: "prices.csv", ...series }];
    writeFileSync(file, JSON.stringify({ name: "own", currency: "EUR", zone: "Europe/Vienna", components }));
    return file;
  };
  const { out } = await call(...july, "--json", "--tariff", tariff({}));
  const bill = JSON.parse(out) as Bill;
  expect(bill.tariffs).toEqual([{ name: "own", carrier: "electricity", isInLedger: false }]);
  const spot = bill.lines.find(({ label }) => label === "spot")!;
  expect(spot.price).toBe("0.1");
  expect(Number(spot.amount)).toBeCloseTo(Number(spot.quantity) / 10, 2);
  for (const [series, wanted] of [
    [{ rates: "other.csv" }, /tariff\.json: .*other\.csv: wanted a file that can be read/],
    [
      { minutes: 30 },
      /tariff\.json: line \d+, column \d+: prices\.csv: components\[0\]: rate 2: wanted one that begins/,
    ],
    [{ rate: "1" }, /components\[0\]\.rate: wanted a key out of/],
  ] as const) {
    const said = await call(...july, "--tariff", tariff(series));
    expect(said).toMatchObject({ code: 2, out: "" });
    expect(said.err).toMatch(wanted);
  }
});

test.each([
  [["bill", ledger, "ann"], /--month: wanted a month, such as 2026-07/],
  [["bill", ledger, "ann", "--month", "2026-7"], /--month: wanted a year and a month/],
  [["bill", ledger, "ann", "--month", "2026-05"], /--month: wanted a month of which the ledger has a period/],
  [["bill", ledger, "zoe", "--month", "2026-07"], /MEMBER: wanted a participant of this ledger/],
  [["bill", folder, "ann", "--month", "2026-07"], /LEDGER: wanted a directory with a ledger/],
  [[...july, "--json", "--csv"], /--json: wanted one of --json, --csv and --html/],
])("refuses %j", async (args, wanted) => {
  const said = await call(...args);
  expect(said).toMatchObject({ code: 2, out: "" });
  expect(said.err).toMatch(wanted);
});
