// Prices of a served market that its operator hands in, over HTTP: they hold from the period on that the answer names,
// in the ledger, in the statement and in the bill of who buys by them.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fromHex, hex } from "../../../src/bytes.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { contractStatement } from "../../../src/ledger/keys/message.js";
import { call } from "../../support/commands.js";
import { serveProcess } from "../../support/servedmarket.js";

const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
const common = { sort: "energy", on: ["fromGrid"] };

test("prices that the operator hands in count from the period on that it is told, to the bill", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gridclear-prices-"));
  const operatorKey = join(folder, "operator.key");
  await call("keys", "make", operatorKey);
  const { publicKey } = JSON.parse((await call("keys", "show", operatorKey, "--json")).out);
  // It had rates for a minute, an hour ago: its last one holds since.
  const start = minute(Date.now() - 3_600_000);
  const spot = { by: "series", name: "spot", ...common, start, minutes: 1, rates: ["0.5"] };
  const fee = { by: "energy", name: "grid", ...common, sort: "grid", rate: "0.1" };
  const market = await serveProcess({
    operator: publicKey,
    market: { id: "spot", currency: "EUR", periodMs: 1_000 },
    tariffs: { electricity: { retail: [spot, fee], feedIn: "0" } },
    clearing: { electricity: { mechanism: "merit", pool: null, import: true } },
  });
  const { url, joins, opens, key: keyOf } = market;
  try {
    const operate = (...words: string[]) => call("operator", url, ...words, "--key", operatorKey);
    const prices = async (text: string, ...more: string[]) => {
      const csv = join(folder, "tomorrow.csv");
      await writeFile(csv, `start,rate\n${text}`);
      return operate("prices", "spot", csv, ...more);
    };
    const opened = async (): Promise<{ id: string; period: number }> =>
      (await fetch(`${url}v1/market`)).json() as never;
    // Ann buys a kWh in every period, and nobody sells: it comes from the grid.
    const key = await keyOf("ann");
    await opens(await joins("ann", key));
    const { id, period } = await opened();
    const from = period + 2;
    const contract = {
      ...{ kind: "use", version: 1, from, participant: "ann", carrier: "electricity", limit: 1_000_000 },
      ...{ interruptible: 0, interruptionPrice: 0, import: true },
      standing: { price: 900_000, quantity: { rule: "fixed", amount: 1_000_000 } },
    };
    const signature = hex(await key.sign(contractStatement(fromHex(id, "id"), encodeCanonical(contract))));
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ contract, signature });
    expect((await fetch(`${url}v1/contracts`, { method: "POST", headers, body })).status).toBe(200);
    await opens(from + 1);

    expect(JSON.parse((await operate("prices")).out)).toMatchObject({
      series: [
        {
          series: "spot",
          contract: "payment",
          price: "retail",
          start,
          until: minute(Date.parse(start) + 60_000).replace("Z", ":00Z"),
        },
      ],
    });
    const nowMs = Date.parse(minute(Date.now()));
    const rates = (first: number, rate: string): string =>
      [0, 1, 2].map((more) => `${minute(nowMs + (first + more) * 60_000)},${rate}\n`).join("");
    for (const [said, words] of [
      [await prices(rates(5, "0.2")), "prices[0].start"],
      [await prices(rates(-9, "0.2")), "prices: "],
      [await prices("yesterday,0.2\n"), "line 2"],
      [await operate("prices", "spot"), "2 after the action"],
      [await operate("members", "--replace"), "--replace"],
    ] as const) {
      expect(said.code).toBe(2);
      expect(said.err).toContain(words);
    }
    const taken = await prices(rates(0, "0.2"));
    expect(taken.code).toBe(0);
    const [{ period: first, added }] = JSON.parse(taken.out).series;
    expect([added, first > from]).toEqual([3, true]);
    expect(JSON.parse((await prices(rates(0, "0.2"))).out)).toMatchObject({
      series: [{ added: 0, period: null }],
    });
    expect((await prices(rates(0, "0.3"))).err).toContain("0.2, which stands");
    await opens(first + 3);

    const ledger = join(market.folder, "ledger");
    const { blocks } = JSON.parse((await call("export", ledger, "--format", "json")).out);
    const paid = blocks.flatMap(
      ({ period: of, flows }: { period: number; flows: { kind: string; price: number }[] }) =>
        flows.filter(({ kind }) => kind === "imported").map(({ price }) => [of, price]),
    ) as [number, number][];
    expect(paid[0]![0]).toBe(from);
    expect(paid.filter(([of]) => of >= first).length).toBeGreaterThan(1);
    for (const [of, price] of paid) expect([of, price]).toEqual([of, of < first ? 600_000 : 300_000]);
    const before = first - from;
    const after = paid.length - before;
    const statement = JSON.parse((await call("statement", ledger, "ann", "--json")).out);
    const month = new Date(nowMs).toISOString().slice(0, 7);
    const bill = JSON.parse((await call("bill", ledger, "ann", "--month", month, "--json")).out);
    const [line] = bill.lines;
    // The ledger may have grown since it was exported: by periods at the new price.
    const more = Number(line.quantity) - paid.length;
    expect(line).toMatchObject({ label: "from the grid", unit: "kWh" });
    expect(Number(line.amount)).toBeCloseTo(before * 0.6 + (after + more) * 0.3, 9);
    expect(JSON.stringify(statement)).toContain('"0.3"');
    expect((await call("verify", ledger)).code).toBe(0);
  } finally {
    await market.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
