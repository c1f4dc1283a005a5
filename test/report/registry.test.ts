// What a reader who begins at a snapshot knows of areas, some of which have ended.
import { expect, it } from "vitest";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import type { Snapshot, SnapshotName } from "../../src/ledger/format/snapshot.js";
import type { AreaContract, Contract } from "../../src/market/contracts/contracts.js";
import { openingContracts } from "../../src/market/contracts/opening.js";
import { Registry } from "../../src/report/registry.js";

const area = (name: string, parent?: string): AreaContract => ({
  kind: "area",
  version: 1,
  from: 0,
  area: name,
  carrier: "electricity",
  ...(parent === undefined ? {} : { parent, fee: 3 }),
});
const named = (name: string, number: number): SnapshotName => ({
  kind: "area",
  carrier: "electricity",
  number,
  name,
  contract: null,
});

it("areas keep their numbers after a snapshot, whichever have ended, and later ones follow", () => {
  const inForce: Contract[] = [...openingContracts({}, []), area("root"), area("east", "root")];
  const registry = Registry.after({
    contracts: inForce.map((contract) => encodeCanonical(contract)),
    names: [named("root", 0), named("gone", 1), named("east", 2)],
  } as unknown as Snapshot);
  registry.enter(area("west", "root"));
  registry.enter({ ...area("gone", "root"), version: 2 });
  expect(registry.network.names).toEqual(["root", "gone", "east", "west"]);
  registry.enter({ kind: "participant", version: 1, from: 1, id: "ann", areas: { electricity: "east" } });
  expect(
    registry.network.feeBetween("electricity", { party: "order", name: "ann" }, { party: "grid", name: "" }),
  ).toBe(3n);
});
