import { fail } from "../errors.js";
import { decodeBlock, decodeItems } from "../ledger/format/block.js";
import { decodeCanonical, encodeCanonical } from "../ledger/format/canonical.js";
import { marketId } from "../ledger/format/header.js";
import type { Signatures } from "../ledger/keys/backend.js";
import { openMemoryStore } from "../ledger/store/memory.js";
import type { Store } from "../ledger/store/store.js";
import { hashBytes } from "../ledger/tree/hasher.js";
import type { Contract, MarketContract } from "./contracts/contracts.js";
import { parseContract } from "./contracts/kinds.js";
import { type Opening, openingContracts } from "./contracts/opening.js";
import type { MatchingEngine } from "./engine.js";
import { Signing } from "./intake/signing.js";
import { Market } from "./live.js";
import { type Clock, systemClock } from "./loop.js";
import { OpenPeriod } from "./period/period.js";
import { MarketState } from "./period/state.js";
import { openReplay } from "./replay.js";

export type { MarketEvents } from "./events.js";
export type {
  BatchResult,
  Order,
  OrderBatch,
  OrderResult,
  Reading,
  Refused,
  Taken,
} from "./intake/request.js";
export { Market } from "./live.js";

/** How a market is opened. */
export interface MarketOptions extends Opening {
  readonly engine: MatchingEngine;
  /** Where blocks go. A store with blocks is replayed and resumed, and what else stands here of contracts is not used. Default: memory. */
  readonly store?: Store;
  /** Contracts of genesis, in order; what they leave out is filled in as {@link Opening} says. */
  readonly contracts?: readonly Contract[];
  /**
   * What begins to hold in the period in which a stored market resumes: what was proposed for it before the market
   * stopped, since proposals are not stored. `sign` signs it in a signed market.
   */
  readonly due?: (period: number) => readonly Contract[];
  /** Default: the platform's. */
  readonly clock?: Clock;
  /** Needed by signed markets. */
  readonly signatures?: Signatures;
  /** Signs the contracts of a signed market's genesis, and what is `due`. */
  readonly sign?: (contract: Contract, marketId: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Opens a market: a new one, whose genesis block it seals, or the one in a store with blocks, which it replays and
 * resumes. Throws `invalid` or `refused` naming the contract that does not fit, `corrupt` naming the height at which a
 * stored ledger contradicts its re-execution.
 */
export async function openMarket(options: MarketOptions): Promise<Market> {
  const { engine, clock = systemClock } = options;
  const store = options.store ?? (await openMemoryStore({ hasher: engine }));
  return store.size === 0 ? begin(options, store, clock) : resume(options, store, clock);
}

async function begin(options: MarketOptions, store: Store, clock: Clock): Promise<Market> {
  const { engine } = options;
  const given = (options.contracts ?? []).map((contract, index) =>
    parseContract(contract, `contracts[${index}]`),
  );
  const contracts = openingContracts(options, given).map((contract) => parseContract(contract));
  const contract = contracts[0] as MarketContract;
  const id = marketId(encodeCanonical(contract), engine);
  const signing = openSigning(options, contract, id);
  const state = new MarketState();
  const open = new OpenPeriod(state, engine, contract.from);
  for (const [index, each] of contracts.entries()) {
    if (signing !== null) await signing.checkContract(each, await signerOf(options)(each, id));
    open.enter(each);
    signing?.enter(each, index);
  }
  open.start();
  const parts = { contract, id, store, engine, state, clock, signing, open, timestampMs: 0 };
  const market = new Market(parts);
  await market.clearPeriod(clock.now());
  return market;
}

async function resume(options: MarketOptions, store: Store, clock: Clock): Promise<Market> {
  const { engine } = options;
  const replay = openReplay(engine);
  let signing: Signing | null = null;
  let id: Uint8Array = new Uint8Array(hashBytes);
  for await (const bytes of store.blocks()) {
    const block = decodeBlock(bytes);
    replay.replay(block);
    if (replay.height === 1) {
      id = block.header.marketId;
      signing = openSigning(options, replay.state.terms.market!, id);
    }
    if (signing !== null)
      for (const item of decodeItems(block.sections.contracts))
        signing.relearn(decodeCanonical(item) as never);
  }
  const contract = replay.state.terms.market!;
  if (options.id !== undefined && options.id !== contract.id)
    fail("conflict", "id", `${contract.id}, the market in the store`, options.id);
  const open = new OpenPeriod(replay.state, engine, replay.period + 1);
  for (const [index, due] of (options.due?.(open.period) ?? []).entries()) {
    const contract = parseContract(due, `due[${index}]`);
    if (signing !== null) await signing.checkContract(contract, await signerOf(options)(contract, id));
    open.enter(contract);
    signing?.enter(contract, index);
  }
  open.start();
  const { state, timestampMs } = replay;
  return new Market({ contract, id, store, engine, state, clock, signing, open, timestampMs });
}

const signerOf = (options: MarketOptions): NonNullable<MarketOptions["sign"]> =>
  options.sign ?? fail("signature", "sign", "a signer for the contracts", "none");

function openSigning(options: MarketOptions, contract: MarketContract, id: Uint8Array): Signing | null {
  if (!contract.signed) return null;
  return new Signing(
    options.signatures ?? fail("signature", "signatures", "what checks signatures", "none"),
    id,
  );
}
