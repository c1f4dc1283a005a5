/** The areas of the network, and what a grid operator signals about one. */
import { integer, list, optional, orNull, record } from "../../../check.js";
import { fail } from "../../../errors.js";
import { carriers, maxPrice, ppm } from "../../../units.js";
import { maxCarrierAreas, maxDepth, pricesAreas } from "../areas.js";
import type { AreaContract, ClearingContract, LimitContract } from "../contracts.js";
import { carrier, key, name, period } from "../fields.js";
import { nobody } from "../register.js";
import type { Terms } from "../terms.js";
import { type ContractKind, dated } from "./kind.js";

/** Most steps of the limits of one area. */
const maxSteps: number = 512;

/** Quantity ticks in a period, or no limit. */
const limit = optional(orNull(integer(0, Number.MAX_SAFE_INTEGER)));
const limits = { exportLimit: limit, importLimit: limit };

const areaFields = record({
  ...dated("area"),
  area: name,
  carrier,
  parent: optional(name),
  fee: optional(integer(0, maxPrice)),
  ...limits,
  loss: optional(integer(0, ppm / 2)),
  limits: optional(list(record({ from: period, ...limits }), 0, maxSteps)),
  operator: optional(key),
});

/** What only an edge to a parent has. */
const edgeFields = ["fee", "exportLimit", "importLimit", "loss", "limits", "operator"] as const;

/** An area of the network, its place in the tree of its carrier, and what its edge to the parent lets through. */
export const area: ContractKind<AreaContract> = {
  parse: (value, field) => {
    const contract = areaFields(value, field);
    if (contract.parent === undefined)
      for (const each of edgeFields)
        if (contract[each] !== undefined)
          fail("invalid", `${field}.${each}`, "none without a parent, as of a root", contract[each]);
    for (const [index, { from }] of (contract.limits ?? []).entries())
      if (index > 0 && from <= contract.limits![index - 1]!.from)
        fail("invalid", `${field}.limits[${index}].from`, "after the step before it", from);
    return contract;
  },
  key: (contract) => `area/${contract.area}`,
  check: (contract, { terms }, own) => {
    terms.registers.area.checkRoom(own, contract.area);
    const code = carriers.indexOf(contract.carrier);
    const known = terms.registers.area.get(contract.area);
    if (known !== undefined && known.carrier !== code)
      fail("refused", `${own}.carrier`, "the carrier it was registered with", contract.carrier);
    const fresh = (known?.contract ?? null) === null;
    if (fresh && terms.areas.count(code) >= maxCarrierAreas)
      fail("limit", own, `at most ${maxCarrierAreas} areas of ${contract.carrier}`, maxCarrierAreas);
    checkParent(contract, terms, own);
    const clearing = terms.clearing[code] ?? null;
    if (clearing === null) return;
    if (!pricesAreas(clearing) && (contract.fee ?? 0) > 0)
      fail(
        "refused",
        `${own}.fee`,
        `none where ${contract.carrier} does not clear by ${byAreas}`,
        contract.fee,
      );
    checkWithAreas(clearing, own);
  },
  apply: (contract, { terms }) => terms.areas.put(contract),
  end: (contract, { terms }) => terms.areas.end(contract),
  needs: ({ parent }) => (parent === undefined ? [] : [`area/${parent}`]),
  needed: true,
};

/** Holds the place that an area is to have against the tree of its carrier. */
function checkParent({ area: id, carrier: of, parent }: AreaContract, terms: Terms, own: string): void {
  const { areas } = terms;
  const number = terms.registers.area.numberOf(id) ?? nobody;
  const root = areas.root(carriers.indexOf(of));
  if (parent === undefined) {
    if (root !== nobody && root !== number)
      fail("refused", `${own}.parent`, `one: ${of} has a root`, areas.entries[root]!.name);
    return;
  }
  terms.checkArea(`${own}.parent`, parent, of);
  const above = terms.registers.area.numberOf(parent)!;
  const stands = number !== nobody && areas.entries[number]!.contract !== null;
  if (stands && areas.isWithin(above, number))
    fail("refused", `${own}.parent`, "an area that does not lie in this one", parent);
  // Only what moves takes others with it.
  const moves = stands && areas.entries[number]!.parent !== above;
  const depth = areas.depthOf(above) + 1 + (moves ? areas.heightOf(number) : 0);
  if (depth > maxDepth) fail("limit", `${own}.parent`, `at most ${maxDepth} edges to the root`, depth);
}

const byAreas = "`merit` with `uniform` prices";

/** Throws `refused` where a carrier that has prices by area clears in a way that does not go with them. */
function checkWithAreas({ carrier: of, ...clearing }: ClearingContract, field: string): void {
  if (!pricesAreas(clearing)) return;
  const wanted = (what: string): string => `${what} where ${of} has areas and clears by ${byAreas}`;
  if (clearing.pool !== null) fail("refused", `${field}.pool`, wanted("no pool"), clearing.pool.price);
  if (clearing.ties === "prorata")
    fail("refused", `${field}.ties`, wanted("arrival or lottery"), clearing.ties);
}

/** Throws `refused` where a clearing contract does not go with the areas that its carrier has. */
export function checkClearing(contract: ClearingContract, { areas }: Terms, own: string): void {
  const code = carriers.indexOf(contract.carrier);
  if (areas.count(code) === 0) return;
  if (!pricesAreas(contract) && areas.fees(code) > 0)
    fail(
      "refused",
      `${own}.mechanism`,
      `${byAreas} while areas of ${contract.carrier} take fees`,
      `${contract.mechanism}, ${contract.pricing}`,
    );
  checkWithAreas(contract, own);
}

const signalFields = record({ ...dated("limit"), area: name, until: period, ...limits });

/** What a grid operator signals: other limits of an area for a while. */
export const signal: ContractKind<LimitContract> = {
  parse: (value, field) => {
    const contract = signalFields(value, field);
    if (contract.until <= contract.from) fail("invalid", `${field}.until`, "after from", contract.until);
    if (contract.exportLimit === undefined && contract.importLimit === undefined)
      fail("invalid", `${field}.exportLimit`, "a limit of export, of import, or of both", undefined);
    return contract;
  },
  key: (contract) => `limit/${contract.area}`,
  check: (contract, { terms }, own) => {
    const held = terms.registers.area.get(contract.area)?.contract ?? null;
    if (held?.parent === undefined)
      fail("refused", `${own}.area`, "an area with a parent under contract", contract.area);
  },
  apply: (contract, { terms }) => terms.areas.signal(contract.area, contract),
  end: (contract, { terms }) => terms.areas.signal(contract.area, null),
  needs: (contract) => [`area/${contract.area}`],
};
