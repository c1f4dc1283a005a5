import { describe, expect, it } from "vitest";
import { noCode } from "../../../src/ledger/format/layout.js";
import { nameCode } from "../../../src/ledger/format/state.js";
import { Terms } from "../../../src/market/contracts/terms.js";

describe("names out of a snapshot", () => {
  const ann = { kind: nameCode.participant, carrier: noCode, number: 0, name: "ann", contract: null };
  const cellar = { kind: nameCode.storage, carrier: 1, number: 0, name: "cellar", contract: null };

  it("are numbered in their order, each once, and only what has a carrier names one", () => {
    const terms = new Terms();
    for (const named of [ann, { ...ann, number: 1, name: "bob" }, cellar]) terms.restore(named);
    expect(terms.numberOf("bob")).toBe(1);
    for (const [named, wanted] of [
      [{ ...ann, number: 2 }, "a new name with number 2"],
      [{ ...ann, number: 0, name: "cid" }, "a new name with number 2"],
      [{ ...ann, number: 3, name: "cid" }, "a new name with number 2"],
      [{ ...cellar, number: 1 }, "a new name with number 1"],
      [{ ...ann, number: 2, name: "cid", carrier: 1 }, "no carrier"],
      [{ ...cellar, number: 1, name: "shed", carrier: noCode }, "a carrier"],
    ] as const)
      expect(() => terms.restore(named), `${named.name} ${named.number}`).toThrow(wanted);
    terms.restore({ ...ann, number: 2, name: "cid" });
    expect(terms.numberOf("cid")).toBe(2);
  });
});
