// What a member is told of the contracts that it proposed, which the answer to a proposal can't know yet.
import { describe, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { authorization, serve } from "../support/service.js";
import { keys, signContract, signedContracts } from "../support/signedmarket.js";

const contracts = (privacy: "open" | "private") =>
  signedContracts().map((contract) => (contract.kind === "market" ? { ...contract, privacy } : contract));

describe("proposals", () => {
  test("tell their member what became of them, and in a private market nobody else", async () => {
    for (const privacy of ["open", "private"] as const) {
      const { market, ask, post } = await serve({ market: { contracts: contracts(privacy) } });
      const askAs = async (id: string, path: string) =>
        ask(path, { headers: await authorization(market.id, keys.get(id)!, path, { participant: id }) });
      const own = { kind: "use", participant: "ann", carrier: "electricity", limit: 5_000_000 } as const;
      const terms = { interruptible: 0, interruptionPrice: 0, import: false } as const;
      for (const given of [
        { version: 2, from: 4 },
        { version: 3, from: 2 },
      ]) {
        const contract = { ...own, ...terms, ...given };
        const signature = hex(await signContract(contract, market.id));
        expect((await post("/v1/contracts", { contract, signature })).status).toBe(200);
      }
      await market.clearPeriod(30_000);
      const path = "/v1/members/ann/proposals";
      const others = "/v1/members/bob/proposals";
      const { body, status } = await askAs("ann", path);
      expect(status).toBe(200);
      expect(body).toMatchObject({ participant: "ann", period: 2 });
      expect(body.contracts.filter(({ key }: { key: string }) => key === "use/electricity/ann")).toEqual([
        { key: "use/electricity/ann", version: 1, from: 0, status: "in force", reason: null },
        { key: "use/electricity/ann", version: 2, from: 4, status: "waiting", reason: null },
        {
          key: "use/electricity/ann",
          version: 3,
          from: 2,
          status: "dropped",
          reason: { code: "conflict", field: "use/electricity/ann.version", wanted: "2", got: "3" },
        },
      ]);
      expect((await ask(path)).status).toBe(privacy === "open" ? 200 : 403);
      expect((await askAs("bob", path)).status).toBe(privacy === "open" ? 200 : 403);
      expect((await askAs("bob", others)).body.contracts.length).toBeGreaterThan(0);
      expect((await ask("/v1/members/nobody/proposals")).status).toBe(privacy === "open" ? 422 : 403);
    }
  });
});
