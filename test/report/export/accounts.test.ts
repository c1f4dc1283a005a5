import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportCommand } from "../../../src/cli/commands/export.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import type { Store } from "../../../src/ledger/store/store.js";
import { openReplay } from "../../../src/market/replay.js";
import { writeLedgerFile } from "../../../src/report/export/file.js";
import { blocksOf, runScenario, type ScenarioOptions } from "../../support/scenario.js";
import { playShared } from "../../support/sharedrun.js";
import { runStanding } from "../../support/standing.js";

const python = spawnSync("python3", ["--version"]).status === 0;
// Dozens of programs in Python, each begun anew: on a machine that is busy they take minutes.
describe.skipIf(!python)(
  "accounts kept in Python from an exported ledger alone",
  { timeout: 300_000 },
  () => {
    const script = fileURLToPath(new URL("accounts.py", import.meta.url));
    const folder = mkdtempSync(join(tmpdir(), "gridclear-accounts-"));
    afterAll(() => rmSync(folder, { recursive: true }));
    let engine: Engine;
    beforeAll(async () => {
      engine = await openEngine();
    });

    /** What `gridclear export --format json` writes of a random market, and the balances the market came to. */
    async function exported(seed: number, options: ScenarioOptions) {
      return exportedOf((await runScenario(engine, seed, options)).store, seed);
    }

    async function exportedOf(store: Store, seed: number) {
      const parts: Uint8Array[] = [];
      for await (const part of writeLedgerFile(store.blocks(), engine)) parts.push(part);
      const file = join(folder, `${seed}.gclf`);
      writeFileSync(file, Buffer.concat(parts));
      const pieces: string[] = [];
      const out = (text: string) => void pieces.push(text);
      const io = { out, err: out, columns: 80, isTTY: false };
      expect(await exportCommand.run([file, "--format", "json"], io)).toBe(0);
      const replay = openReplay(engine);
      for (const block of await blocksOf(store)) replay.replay(block);
      const { accounts, terms } = replay.state;
      return {
        document: pieces.join(""),
        balances: Object.fromEntries(
          terms.participants.map(({ name }, number) => [name, `${accounts.of(number)}`]),
        ),
        platform: [0, 1, 2, 3, 4, 5, 6, 7].map((number) => `${accounts.balance(number)}`),
        blocks: replay.height,
      };
    }

    const judge = (input: string): Record<string, unknown> => {
      const { stdout, stderr } = spawnSync("python3", [script], { input, encoding: "utf8" });
      expect(stderr).toBe("");
      return JSON.parse(stdout);
    };

    it("come to the market's balances, and to the state root of every block", async () => {
      for (const [seed, participants, huge] of [
        [101, 1, false],
        [102, 12, false],
        [103, 30, false],
        [104, 80, false],
        [105, 25, true],
        [106, 40, false],
      ] as const) {
        const { document, ...wanted } = await exported(seed, { participants, periods: 8, huge });
        expect(judge(document), `seed ${seed}`).toEqual({ ok: true, ...wanted });
      }
    });

    it("come to them where orders stand, and miss one that is not its contract's", async () => {
      for (const seed of [11, 12, 13, 14, 15, 16]) {
        const { document, ...wanted } = await exportedOf((await runStanding(engine, seed, 12)).store, seed);
        expect(judge(document), `seed ${seed}`).toEqual({ ok: true, ...wanted });
        const why = (change: (orders: Record<string, number>[], at: number) => void): unknown => {
          const { blocks, ...rest } = JSON.parse(document);
          const stands = ({ revision }: Record<string, number>): boolean => revision === 65_535;
          const { orders } = blocks.find((block: { orders: Record<string, number>[] }) =>
            block.orders.some(stands),
          );
          change(orders, orders.findIndex(stands));
          return judge(JSON.stringify({ ...rest, blocks })).why;
        };
        const contracts = expect.stringContaining("not those of the contracts");
        expect(why((orders, at) => (orders[at]!.quantity! += 1))).toEqual(contracts);
        expect(why((orders, at) => (orders[at]!.price! -= 1))).toEqual(contracts);
        expect(why((orders, at) => orders.splice(at, 0, orders[at]!))).toEqual(contracts);
        expect(why((orders, at) => orders.splice(at, 1))).toEqual(expect.stringContaining("is missing"));
      }
    });

    it("come to them where meters are shared, and find a share that is not what meters come to", async () => {
      let tampered = 0;
      for (let seed = 300; seed < 310; seed += 1) {
        const { document, ...wanted } = await exportedOf((await playShared(engine, seed)).store, seed);
        expect(judge(document), `seed ${seed}`).toEqual({ ok: true, ...wanted });
        if (seed >= 303) continue;
        for (const kind of ["shared", "unshared"])
          for (const change of [
            (flow: Record<string, unknown>) => (flow.quantity = (flow.quantity as number) + 1),
            (flow: Record<string, unknown>) => ([flow.party, flow.order] = [flow.order, flow.party]),
            (flow: Record<string, unknown>) => (flow.extra = "0"),
          ]) {
            const { blocks, ...rest } = JSON.parse(document);
            const flow = blocks
              .flatMap(({ flows }: { flows: Record<string, unknown>[] }) => flows)
              .find((each: Record<string, unknown>) => each.kind === kind && each.party !== each.order);
            if (flow === undefined) continue;
            change(flow);
            expect(judge(JSON.stringify({ ...rest, blocks })).why).toContain(
              "what was shared or not delivered is not",
            );
            tampered += 1;
          }
      }
      expect(tampered).toBeGreaterThan(10);
    });

    it("come to them where trades count as delivered, and find a flow that meters don't come to", async () => {
      let tampered = 0;
      for (let seed = 400; seed < 406; seed += 1) {
        const { document, ...wanted } = await exported(seed, {
          participants: 7,
          periods: 9,
          isMetered: true,
        });
        expect(judge(document), `seed ${seed}`).toEqual({ ok: true, ...wanted });
        for (const kind of ["undelivered", "delivered"]) {
          const { blocks, ...rest } = JSON.parse(document);
          const flow = blocks
            .flatMap(({ flows }: { flows: Record<string, unknown>[] }) => flows)
            .find((each: Record<string, unknown>) => each.kind === kind);
          if (flow === undefined) continue;
          flow.quantity = (flow.quantity as number) + 1;
          expect(judge(JSON.stringify({ ...rest, blocks })).why).toContain("not delivered is not");
          tampered += 1;
        }
      }
      expect(tampered).toBeGreaterThan(1);
    });

    it("do not, when anything that moves money was changed", async () => {
      const { document } = await exported(104, { participants: 30, periods: 8 });
      const changes: readonly (readonly [string, string, string | number])[] = [
        ["trades", "usePrice", 1],
        ["trades", "useFee", "7"],
        ["flows", "quantity", 5],
        ["readings", "in", 9],
      ];
      for (const [section, field, value] of changes) {
        const { blocks, ...rest } = JSON.parse(document);
        const record = blocks
          .flatMap((block: Record<string, Record<string, unknown>[]>) => block[section])
          .find(
            ({ kind }: { kind?: string }) => kind === undefined || kind === "peer" || kind === "imported",
          );
        expect(record[field]).not.toBe(value);
        record[field] = value;
        expect(judge(JSON.stringify({ ...rest, blocks })), section).toMatchObject({ ok: false });
      }
    });
  },
);
