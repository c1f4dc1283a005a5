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
import { recordSections, type SectionName, type StateSection } from "../../ledger/format/sections.js";
import type { Snapshot } from "../../ledger/format/snapshot.js";
import {
  encodeBundleBlock,
  encodeBundleEnd,
  encodeBundleHead,
  type Member,
} from "../../ledger/proof/bundle.js";
import { parseCheckpoint } from "../../ledger/proof/checkpoint.js";
import type { RowProof } from "../../ledger/proof/proof.js";
import { rowsProver } from "../../ledger/proof/prove.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { HistoryTree } from "../../ledger/tree/history.js";
import type { Contract } from "../../market/contracts/contracts.js";
import { contractKey } from "../../market/contracts/kinds.js";
import type { Terms } from "../../market/contracts/terms.js";
import { openReplay, type Replay } from "../../market/replay.js";
import { linkedBlocks, shown } from "../blocks.js";
import { contractsOf } from "../columns.js";
import { eachOwner, type Holders, isOwned, isOwnRule, memberOf, nobody, type Owner, ownIn } from "./own.js";

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
 * records are withheld.
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
  for await (const { lines } of writeBundles(blocks, [participant], options)) yield lines;
}

/** Lines of a member's bundle. */
export interface MemberLines {
  readonly participant: string;
  readonly lines: string;
}

/**
 * The statement bundles of many participants in one go over the blocks: each block is executed and hashed once, and
 * says its lines for one after the other. Each one's lines are those of {@link writeBundle}, which says what it throws.
 */
export async function* writeBundles(
  blocks: Blocks,
  participants: readonly string[],
  options: BundleOptions = {},
): AsyncGenerator<MemberLines> {
  onlyKeys(options, "options", ["from", "to", "note", "snapshot", "hasher", "engine"]);
  const { from = 0, to = Number.MAX_SAFE_INTEGER, note = null, snapshot = null } = options;
  integer(0, Number.MAX_SAFE_INTEGER)(from, "from");
  integer(from + 1, Number.MAX_SAFE_INTEGER)(to, "to");
  if (snapshot !== null && snapshot.header.height >= Math.max(from, 1))
    fail("invalid", "snapshot", `one of a height below ${from}`, snapshot.header.height);
  const hasher = options.hasher ?? (await openHasher());
  const engine = options.engine ?? (await openEngine());
  try {
    const asked = { from, to, note, participants, snapshot };
    yield* new BundleWriter(asked, hasher, engine).write(blocks);
  } finally {
    if (options.engine === undefined) engine.close();
  }
}

interface Asked extends Required<Pick<BundleOptions, "from" | "to" | "note" | "snapshot">> {
  readonly participants: readonly string[];
}

/** Places of a member's own records in the sections of a block. */
type OwnRecords = ReadonlyMap<SectionName, readonly number[]>;
const none: OwnRecords = new Map();

/** A block that was executed, and by participant what of it is its own. */
interface Read {
  readonly block: Pick<Block, "header" | "secret" | "sections">;
  readonly own: ReadonlyMap<string, OwnRecords>;
}

/** Writes bundles. */
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

  async *write(blocks: Blocks): AsyncGenerator<MemberLines> {
    const { from, to, participants, snapshot } = this.#asked;
    const known = this.#replay.height;
    // The newest block, not written yet: what is carried over follows the last, and which that is shows late.
    let newest: Read | null = null;
    for await (const linked of linkedBlocks(blocks, new Chain(this.#hasher), known)) {
      const { header, hash } = linked;
      this.#history.append(hash);
      const { height } = header;
      if (height + 1 < known || height >= to) continue;
      if (newest !== null) yield* this.#lines(newest, newest.block.header.height < from);
      // Of the block before, the state alone is shown.
      const before = { header, sections: noSections, secret: snapshot?.secret ?? null };
      const read = height < known ? { block: before, own: new Map() } : this.#read(shown(linked).block);
      if (height + 1 < from) continue;
      if (newest === null)
        yield* participants.map((each) => ({ participant: each, lines: this.#head(height) }));
      newest = height < from ? { ...read, own: new Map() } : read;
    }
    const { size } = this.#history;
    if (newest === null || from >= size) return fail("invalid", "from", `a height below ${size}`, from);
    for (const each of participants)
      if (this.#terms.numberOf(each) === undefined)
        fail("invalid", "participant", "a participant of this ledger", each);
    yield* this.#lines(newest, true);
    for (const id of participants) {
      const lines = this.#end(newest.block.header.height, { id, number: this.#terms.numberOf(id)! });
      yield { participant: id, lines };
    }
  }

  #head(first: number): string {
    const market = this.#terms.market as unknown as Json;
    return encodeBundleHead({ market, subtrees: this.#history.subtrees(first) });
  }

  get #terms(): Terms {
    return this.#replay.state.terms;
  }

  /** A member and its devices by the contracts after the newest block; null before it was registered. */
  #owner(participant: string): Owner | null {
    const { devices } = this.#terms;
    const number = this.#terms.numberOf(participant);
    if (number === undefined) return null;
    return {
      number,
      devices: new Set([...devices.keys()].filter((each) => devices[each]!.owner === number)),
    };
  }

  /** Executes the next block and finds the members' own records in it. */
  #read(block: Block): Read {
    const { participants } = this.#asked;
    const agreed = contractsOf(block);
    const contracts = participants.map((each) =>
      agreed.length === 0 ? [] : this.#ownContracts(agreed, each),
    );
    this.#replay.replay(block);
    const own = new Map(
      participants.map((each, place) => [
        each,
        new Map<SectionName, number[]>([["contracts", contracts[place]!]]),
      ]),
    );
    this.#handOut(block, own);
    return { block, own };
  }

  /** Hands the records of a block to whoever's own they are, of those who are asked for. */
  #handOut({ sections }: Block, own: ReadonlyMap<string, Map<SectionName, number[]>>): void {
    const byNumber = new Map(
      [...own].map(([participant, records]) => [this.#terms.numberOf(participant), records]),
    );
    const { devices } = this.#terms;
    const orderers: number[] = [];
    const holders: Holders = {
      order: (place) => orderers[place] ?? nobody,
      device: (number) => devices[number]?.owner ?? nobody,
    };
    for (const section of recordSections)
      eachOwner(section, sections[section], holders, (owner, index) => {
        if (section === "orders") orderers[index] = owner;
        const records = byNumber.get(owner);
        if (records === undefined) return;
        const places = records.get(section);
        if (places === undefined) records.set(section, [index]);
        else places.push(index);
      });
  }

  /** Places of the contracts that bind a member or everybody, the ends of such among them. */
  #ownContracts(agreed: readonly Contract[], participant: string): number[] {
    const members = new Map<string, string | null | undefined>();
    const memberBefore = (key: string): string | null | undefined => {
      const held = this.#terms.inForce.get(key)?.contract;
      return members.has(key) || held === undefined || held.kind === "end"
        ? members.get(key)
        : memberOf(held);
    };
    const own: number[] = [];
    for (const [index, contract] of agreed.entries()) {
      const key = contract.kind === "end" ? contract.contract : contractKey(contract);
      const member = contract.kind === "end" ? memberBefore(key) : memberOf(contract);
      if (member === null || member === participant) own.push(index);
      members.set(key, member);
    }
    return own;
  }

  /** The lines of a block; with what is carried over when it is the newest executed and a statement begins or ends. */
  *#lines({ block, own }: Read, withState: boolean): Generator<MemberLines> {
    const header = encodeHeader(block.header);
    const provers = new Map<SectionName, ReturnType<typeof rowsProver>>();
    const rowsOf = (section: SectionName, indexes: readonly number[], state?: Uint8Array): RowProof[] => {
      const prove = provers.get(section) ?? rowsProver(block, { section, state }, this.#hasher);
      provers.set(section, prove);
      return prove(indexes);
    };
    const carried = withState ? this.#carried(block) : null;
    for (const participant of this.#asked.participants) {
      const records = own.get(participant) ?? none;
      const rows = ["contracts", ...recordSections].flatMap((section) =>
        rowsOf(section as SectionName, records.get(section as SectionName) ?? []),
      );
      for (const [section, state] of carried ?? [])
        rows.push(...rowsOf(section, this.#ownCarried(section, state, participant), state));
      yield { participant, lines: encodeBundleBlock({ header, rows }) };
    }
  }

  /** What is carried over from a block and shown where a statement begins or ends. */
  #carried({ header }: Read["block"]): (readonly [SectionName & StateSection, Uint8Array])[] {
    const sections =
      header.height < this.#asked.from
        ? (["state", "rules", "names"] as const)
        : (["state", "names"] as const);
    return sections.map((section) => [section, this.#replay.state.records(section, this.#engine)] as const);
  }

  /** Places of what is carried over that is shown to a member; to whoever is none yet, nothing. */
  #ownCarried(section: StateSection, state: Uint8Array, participant: string): number[] {
    const owner = this.#owner(participant);
    if (owner === null) return [];
    if (isOwned(section)) return ownIn(section, state, owner, new Set());
    return decodeItems(state).flatMap((item, index) => {
      const contract = decodeCanonical(item, `rules[${index}]`) as unknown as Contract;
      return isOwnRule(contract, participant) ? [index] : [];
    });
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
