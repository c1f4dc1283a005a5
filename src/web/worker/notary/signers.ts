/** Who signed what in the blocks of a ledger, counted. */
import { hex } from "../../../bytes.js";
import type { Block } from "../../../ledger/format/block.js";
import { readRecord } from "../../../ledger/format/layout.js";
import { orderLayout, readingLayout } from "../../../ledger/format/records.js";
import { boundParticipant } from "../../../ledger/keys/directory.js";
import { decodeEvidence, type Evidence } from "../../../ledger/keys/evidence.js";
import { contractsOf } from "../../../report/columns.js";
import type { Registry } from "../../../report/registry.js";
import { counted, t } from "../../say.js";
import type { SignedBy } from "./shown.js";

interface Signed {
  orders: number;
  readings: number;
  contracts: number;
}

/** Most members who are listed by name; the others stand in one line. */
const mostListed = 30;

/** What somebody signed: of each kind how many, where there are any. */
const signedWords = ({ orders, readings, contracts }: Signed): string =>
  [
    counted(orders, t`1 order`, t`${orders} orders`, ""),
    counted(readings, t`1 reading`, t`${readings} readings`, ""),
    counted(contracts, t`1 contract`, t`${contracts} contracts`, ""),
  ]
    .filter((text) => text !== "")
    .join(", ");

/** Counts the valid signatures of blocks that were checked. */
export class Signers {
  readonly #by = new Map<string, Signed>();

  /** Takes the signatures of a block, all of which were found valid. */
  add(block: Block, registry: Registry): void {
    const contracts = contractsOf(block);
    for (const item of decodeEvidence(block.sections.evidence)) {
      const own = this.#of(whoSigned(item, block, registry, contracts));
      if (item.kind === "batch")
        own.orders += item.orders.reduce((sum, { start, end }) => sum + end - start, 0);
      else if (item.kind === "order") own.orders += 1;
      else if (item.kind === "reading") own.readings += 1;
      else own.contracts += 1;
    }
  }

  #of(who: string): Signed {
    const known = this.#by.get(who) ?? { orders: 0, readings: 0, contracts: 0 };
    this.#by.set(who, known);
    return known;
  }

  /** Who signed, the busiest first. */
  list(): SignedBy[] {
    const total = ({ orders, readings, contracts }: Signed): number => orders + readings + contracts;
    const all = [...this.#by].sort(([, a], [, b]) => total(b) - total(a));
    const line = (who: string, { orders, readings, contracts }: Signed): SignedBy => ({
      who,
      what: signedWords({ orders, readings, contracts }),
      isValid: true,
    });
    const rest = all.slice(mostListed).map(([, signed]) => signed);
    const sum = (pick: (signed: Signed) => number): number => rest.reduce((all, each) => all + pick(each), 0);
    const others = {
      orders: sum(({ orders }) => orders),
      readings: sum(({ readings }) => readings),
      contracts: sum(({ contracts }) => contracts),
    };
    return [
      ...all.slice(0, mostListed).map(([who, signed]) => line(who, signed)),
      ...(rest.length > 0 ? [line(t`${rest.length} others`, others)] : []),
    ];
  }
}

function whoSigned(
  item: Evidence,
  block: Block,
  registry: Registry,
  contracts: ReturnType<typeof contractsOf>,
): string {
  if (item.kind === "batch") return t`the gateway ${hex(item.gateway).slice(0, 16)}…`;
  const platform = t`the platform`;
  if (item.kind === "contract") return boundParticipant(contracts[item.index]) ?? platform;
  const { orders, readings } = block.sections;
  const { participant } =
    item.kind === "order"
      ? readRecord(orderLayout, orders, item.index)
      : readRecord(readingLayout, readings, item.index);
  return registry.participants[participant] ?? t`participant ${participant}`;
}
