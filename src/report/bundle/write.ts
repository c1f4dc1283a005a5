/**
 * Writing the statement bundle of a member out of a ledger: every block is hashed and executed again on the way, so
 * nothing is stated of a ledger that does not hold.
 */
import { hex, sameBytes } from "../../bytes.js";
import { integer, onlyKeys } from "../../check.js";
import { type Engine, openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { type Block, decodeItems, noSections } from "../../ledger/format/block.js";
import { decodeCanonical, type Json } from "../../ledger/format/canonical.js";
import { type Blocks, Chain } from "../../ledger/format/chain.js";
import { encodeHeader } from "../../ledger/format/header.js";
import { recordSections, type SectionName } from "../../ledger/format/sections.js";
import type { Snapshot } from "../../ledger/format/snapshot.js";
import {
  encodeBundleBlock,
  encodeBundleEnd,
  encodeBundleHead,
  type Member,
} from "../../ledger/proof/bundle.js";
import { parseCheckpoint } from "../../ledger/proof/checkpoint.js";
import type { RowProof } from "../../ledger/proof/proof.js";
import { proveRows } from "../../ledger/proof/prove.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { HistoryTree } from "../../ledger/tree/history.js";
import type { Contract } from "../../market/contracts/contracts.js";
import { contractKey } from "../../market/contracts/kinds.js";
import type { Terms } from "../../market/contracts/terms.js";
import { openReplay, type Replay } from "../../market/replay.js";
import { linkedBlocks, shown } from "../blocks.js";
import { contractsOf } from "../columns.js";
import { isOwnRule, memberOf, type Owner, ownIn } from "./own.js";

/** Options of {@link writeBundle}; whatever is left out is opened, and closed again. */
export interface BundleOptions {
  /** Heights of the blocks that the statement is about, half-open; default: all there are. */
  readonly from?: number;
  readonly to?: number;
  /** The newest head kept beside the blocks, as a note: the bundle leads to it where it covers the statement. */
  readonly note?: string | null;
  /** Where to begin executing: a snapshot, checked, of a height before `from`. Default: at genesis. */
  readonly snapshot?: Snapshot | null;
  readonly hasher?: Hasher;
  readonly engine?: Engine;
}

/**
 * The statement bundle of a participant, as lines of text: what `openBundle` of `gridclear/verify` checks without the
 * ledger. It holds the participant's records and the contracts that bind it or everybody, and of a private market's
 * other records nothing but salted hashes. `blocks` come in order from genesis; those before the statement may be
 * headers alone as far as a snapshot makes up for them.
 *
 * Throws `invalid` when there is no such participant, `corrupt` naming the first bad height, `state` for a block whose
 * records are withheld, `limit` for a contract of more than about 30 KiB.
 *
 * @example
 * let bundle = "";
 * for await (const lines of writeBundle(market.store.blocks(), "ann")) bundle += lines;
 */
export async function* writeBundle(
  blocks: Blocks,
  participant: string,
  options: BundleOptions = {},
): AsyncGenerator<string> {
  onlyKeys(options, "options", ["from", "to", "note", "snapshot", "hasher", "engine"]);
  const { from = 0, to = Number.MAX_SAFE_INTEGER, note = null, snapshot = null } = options;
  integer(0, Number.MAX_SAFE_INTEGER)(from, "from");
  integer(from + 1, Number.MAX_SAFE_INTEGER)(to, "to");
  if (snapshot !== null && snapshot.header.height >= Math.max(from, 1))
    fail("invalid", "snapshot", `one of a height below ${from}`, snapshot.header.height);
  const hasher = options.hasher ?? (await openHasher());
  const engine = options.engine ?? (await openEngine());
  try {
    const asked = { from, to, note, participant, snapshot };
    yield* new BundleWriter(asked, hasher, engine).write(blocks);
  } finally {
    if (options.engine === undefined) engine.close();
  }
}

interface Asked extends Required<Pick<BundleOptions, "from" | "to" | "note" | "snapshot">> {
  readonly participant: string;
}

/** A block that was executed, and the places of the member's own records in its sections. */
interface Read {
  readonly block: Pick<Block, "header" | "secret" | "sections">;
  readonly own: readonly (readonly [section: SectionName, indexes: readonly number[]])[];
}

/** Writes one bundle. */
class BundleWriter {
  readonly #asked: Asked;
  readonly #replay: Replay;
  readonly #hasher: Hasher;
  readonly #engine: Engine;
  readonly #history: HistoryTree;

  constructor(asked: Asked, hasher: Hasher, engine: Engine) {
    this.#asked = asked;
    this.#replay = openReplay(engine, asked.snapshot);
    this.#hasher = hasher;
    this.#engine = engine;
    this.#history = new HistoryTree(hasher);
  }

  async *write(blocks: Blocks): AsyncGenerator<string> {
    const { from, to, participant, snapshot } = this.#asked;
    const known = this.#replay.height;
    // The newest block, not written yet: what is carried over follows the last, and which that is shows late.
    let newest: Read | null = null;
    for await (const linked of linkedBlocks(blocks, new Chain(this.#hasher), known)) {
      const { header, hash } = linked;
      this.#history.append(hash);
      const { height } = header;
      if (height + 1 < known || height >= to) continue;
      if (newest !== null) yield this.#lines(newest, newest.block.header.height < from);
      // Of the block before, the state alone is shown.
      const before = { header, sections: noSections, secret: snapshot?.secret ?? null };
      const read = height < known ? { block: before, own: [] } : this.#read(shown(linked).block);
      if (height + 1 < from) continue;
      if (newest === null) yield this.#head(height);
      newest = height < from ? { ...read, own: [] } : read;
    }
    const { size } = this.#history;
    if (newest === null || from >= size) return fail("invalid", "from", `a height below ${size}`, from);
    const number =
      this.#terms.numberOf(participant) ??
      fail("invalid", "participant", "a participant of this ledger", participant);
    yield this.#lines(newest, true);
    yield this.#end(newest.block.header.height, { id: participant, number });
  }

  #head(first: number): string {
    const market = this.#terms.market as unknown as Json;
    return encodeBundleHead({ market, subtrees: this.#history.subtrees(first) });
  }

  get #terms(): Terms {
    return this.#replay.state.terms;
  }

  /** The member and its devices by the contracts after the newest block; null before it was registered. */
  get #owner(): Owner | null {
    const { devices } = this.#terms;
    const number = this.#terms.numberOf(this.#asked.participant);
    if (number === undefined) return null;
    return {
      number,
      devices: new Set([...devices.keys()].filter((each) => devices[each]!.owner === number)),
    };
  }

  /** Executes the next block and finds the member's own records in it. */
  #read(block: Block): Read {
    const contracts = this.#ownContracts(block);
    this.#replay.replay(block);
    const owner = this.#owner;
    const { orders } = block.sections;
    const places = new Set(owner === null ? [] : ownIn("orders", orders, owner, new Set()));
    const own = recordSections.map(
      (section) =>
        [section, owner === null ? [] : ownIn(section, block.sections[section], owner, places)] as const,
    );
    return { block, own: [["contracts", contracts], ...own] };
  }

  /** Places of the contracts that bind the member or everybody, the ends of such among them. */
  #ownContracts(block: Block): number[] {
    const members = new Map<string, string | null | undefined>();
    const memberBefore = (key: string): string | null | undefined => {
      const held = this.#terms.inForce.get(key)?.contract;
      return members.has(key) || held === undefined || held.kind === "end"
        ? members.get(key)
        : memberOf(held);
    };
    const own: number[] = [];
    for (const [index, contract] of contractsOf(block).entries()) {
      const key = contract.kind === "end" ? contract.contract : contractKey(contract);
      const member = contract.kind === "end" ? memberBefore(key) : memberOf(contract);
      if (member === null || member === this.#asked.participant) own.push(index);
      members.set(key, member);
    }
    return own;
  }

  /** The lines of a block; with what is carried over when it is the newest executed and a statement begins or ends. */
  #lines({ block, own }: Read, withState: boolean): string {
    const owner = this.#owner;
    const rows: RowProof[] = own.flatMap(([section, indexes]) => this.#rows(block, section, indexes));
    if (withState && owner !== null)
      for (const section of ["state", "names"] as const) {
        const state = this.#replay.state.records(section, this.#engine);
        rows.push(...this.#rows(block, section, ownIn(section, state, owner, new Set()), state));
        if (section === "state" && block.header.height < this.#asked.from)
          rows.push(...this.#ruleRows(block));
      }
    return encodeBundleBlock({ header: encodeHeader(block.header), rows });
  }

  /** The contracts in force before the statement that are shown in it. */
  #ruleRows(block: Read["block"]): RowProof[] {
    const rules = this.#replay.state.records("rules", this.#engine);
    const indexes = decodeItems(rules).flatMap((item, index) => {
      const contract = decodeCanonical(item, `rules[${index}]`) as unknown as Contract;
      return isOwnRule(contract, this.#asked.participant) ? [index] : [];
    });
    return this.#rows(block, "rules", indexes, rules);
  }

  #rows(
    block: Read["block"],
    section: SectionName,
    indexes: readonly number[],
    state?: Uint8Array,
  ): RowProof[] {
    return proveRows(block, { section, indexes, state }, this.#hasher);
  }

  #end(last: number, member: Member): string {
    const { note } = this.#asked;
    const { size: all } = this.#history;
    const head = note === null ? null : parseCheckpoint(note).checkpoint;
    const isOver = head !== null && head.size > last && head.size <= all;
    const size = isOver ? head.size : all;
    if (isOver && !sameBytes(head.root, this.#history.root(size)))
      return fail("corrupt", `head of ${size} blocks`, hex(this.#history.root(size)), hex(head.root));
    const path = this.#history.inclusion(last, size);
    return encodeBundleEnd({ member, size, path, checkpoint: isOver ? note : null });
  }
}
