/** Opening a market: a new one from its options, or the one that a store holds. */
import { sameBytes } from "../bytes.js";
import { boolean, integer, list, needMethods, object, onlyKeys, optional, text } from "../check.js";
import { fail, within } from "../errors.js";
import { type Block, decodeBlock, decodeItems, isWithheld } from "../ledger/format/block.js";
import { decodeCanonical, encodeCanonical } from "../ledger/format/canonical.js";
import { decodeHeader, marketId } from "../ledger/format/header.js";
import type { Signatures } from "../ledger/keys/backend.js";
import { openMemoryStore } from "../ledger/store/memory.js";
import type { Store } from "../ledger/store/store.js";
import { carriers } from "../units.js";
import type { Contract, MarketContract } from "./contracts/contracts.js";
import { contractKey, parseContract } from "./contracts/kinds.js";
import { type Opening, openingContracts, openingKeys } from "./contracts/opening.js";
import { checkEngine, type MatchingEngine } from "./engine.js";
import { type ListenerReporter, reportToConsole } from "./events.js";
import { MarketLog, readAcknowledged } from "./intake/log.js";
import { enterProposals, Proposals } from "./intake/proposals.js";
import { ownSignature, Signing } from "./intake/signing.js";
import type { LoggedMarket } from "./logged.js";
import { Market } from "./market.js";
import { OpenPeriod } from "./period/period.js";
import { keyContracts } from "./period/snapshot.js";
import { MarketState } from "./period/state.js";
import { type Clock, defaultCatchUp, systemClock } from "./schedule.js";
import { type Secrets, systemSecrets } from "./secrets.js";
import { newestReplay, Snapshots, type Warn, warnOnConsole } from "./snapshots.js";

/** How a market is opened. */
export interface MarketOptions extends Opening {
  readonly engine: MatchingEngine;
  /**
   * Where blocks go. A store with blocks is replayed and resumed; what else stands here of contracts has to be what its
   * ledger began with, or be left out. Default: memory.
   */
  readonly store?: Store;
  /** Contracts of genesis, in order; what they leave out is filled in as {@link Opening} says. */
  readonly contracts?: readonly Contract[];
  /**
   * What begins to hold in the period in which a stored market resumes: what was proposed for it before the market
   * stopped, since proposals are not stored without a log. `sign` signs it in a signed market.
   */
  readonly due?: (period: number) => readonly Contract[];
  /**
   * Whether everything acknowledged is kept first: orders, readings and contracts go into the store's log and are
   * answered, by promises, once they are on the disk; opening the market again takes them again. Default false: what
   * came in the open period is lost when the process ends before it is sealed. `due` has nothing to say then.
   */
  readonly log?: boolean;
  /**
   * After every so many blocks, 1 to 2³²−1, the state is kept in the store as a snapshot: opening the market again
   * begins at the newest that holds and replays only what follows. Default: no snapshots are taken.
   */
  readonly snapshotEvery?: number;
  /** Called when a snapshot could not be kept or was passed over as bad. Default: it is written to the console. */
  readonly onWarning?: Warn;
  /** Timestamp of a new market's first block, in milliseconds since 1970. Default: the clock's time. */
  readonly startMs?: number;
  /** Default: the platform's. */
  readonly clock?: Clock;
  /**
   * Most periods that a started market makes up one by one after a sleep or a jump of the clock, 0 to 1000; when it
   * missed more, it seals one and goes on from the clock's time. Default 16.
   */
  readonly catchUp?: number;
  /** Called with what a listener threw or rejected with. Default: it is written to the console. */
  readonly onListenerError?: ListenerReporter;
  /** Gives the secret of each period of a private market. Default: the platform's random source. */
  readonly secrets?: Secrets;
  /** Needed by signed markets. */
  readonly signatures?: Signatures;
  /** Signs the contracts of a signed market's genesis, and what is `due`. */
  readonly sign?: (contract: Contract, marketId: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Opens a market: a new one, whose genesis block it seals, or the one in a store with blocks, which it replays and
 * resumes. Throws `invalid` or `refused` naming the option or contract that does not fit, `conflict` when the store
 * holds a market that began with other contracts, `corrupt` naming the block at which a stored ledger contradicts its
 * re-execution.
 */
export async function openMarket(options: MarketOptions & { readonly log: true }): Promise<LoggedMarket>;
export async function openMarket(options: MarketOptions): Promise<Market>;
export async function openMarket(options: MarketOptions): Promise<Market> {
  checkOptions(options);
  const store = options.store ?? (await openMemoryStore({ hasher: options.engine }));
  return store.size === 0 ? begin(options, store) : resume(options, store);
}

async function begin(options: MarketOptions, store: Store): Promise<Market> {
  const { engine } = options;
  const contracts = contractsOf(options);
  const contract = contracts[0] as MarketContract;
  const id = marketId(encodeCanonical(contract), engine);
  const signing = openSigning(options, contract, id);
  const state = new MarketState();
  const open = new OpenPeriod(state, engine, contract.from, 0);
  await enterAll(options, { open, signing, id, contracts, place: "contracts" });
  const market = new Market({
    ...settings(options),
    contract,
    id,
    store,
    state,
    signing,
    proposals: new Proposals(contract.platformKey ?? null),
    snapshots: snapshotsOf(options, store),
    open,
    timestampMs: 0,
  });
  await market.clearPeriod(options.startMs);
  return market;
}

async function resume(options: MarketOptions, store: Store): Promise<Market> {
  const { engine } = options;
  const { replay, snapshot } = await newestReplay(store, engine, options.onWarning ?? warnOnConsole);
  const first = (await store.get(0))!;
  const header = decodeHeader(first);
  // Of a market that erased its oldest periods the header is all there is; then there is a snapshot.
  const genesis = isWithheld(header, first) ? null : decodeBlock(first);
  if (snapshot === null)
    replay.replay(genesis ?? fail("state", "block 0", "its records, or a snapshot to begin at", "neither"));
  const id = header.marketId;
  checkSameBeginning(options, genesis, replay.state.terms.market!);
  const signing = openSigning(options, replay.state.terms.market!, id);
  const relearn = ({ sections }: Block): void => {
    for (const item of signing === null ? [] : decodeItems(sections.contracts))
      signing?.relearn(decodeCanonical(item) as never);
  };
  if (snapshot === null) relearn(genesis!);
  else for (const contract of keyContracts(snapshot)) signing?.relearn(contract);
  for await (const bytes of store.blocks(replay.height)) {
    const block = decodeBlock(bytes);
    replay.replay(block);
    relearn(block);
  }
  const { state, timestampMs } = replay;
  const contract = state.terms.market!;
  const open = new OpenPeriod(state, engine, replay.period + 1, timestampMs);
  const { requests, proposals: made, dropped } = await readAcknowledged(store, open.period, signing);
  const proposals = new Proposals(contract.platformKey ?? null);
  for (const proposal of made) proposals.restore(proposal);
  for (const each of dropped) proposals.dropped.restore(each);
  if (options.log !== true) {
    if (requests.length + made.length > 0)
      fail("conflict", "log", `true: the store holds what was acknowledged for period ${open.period}`, false);
    const contracts = (options.due?.(open.period) ?? []).map((due, index) =>
      parseContract(due, `due[${index}]`),
    );
    await enterAll(options, { open, signing, id, contracts, place: "due" });
  } else {
    // What was dropped was told when it was; what enters now had entered then.
    enterProposals(open, proposals, signing, { entered: () => {}, dropped: () => {} });
    open.start();
  }
  const snapshots = snapshotsOf(options, store);
  const parts = { contract, id, store, state, signing, proposals, snapshots, open, timestampMs };
  const market = await Market.open({ ...settings(options), ...parts }, requests);
  if (options.log === true) {
    // A process that died between a block and the log of the next period left the log of the period before.
    if ((await store.log())?.period !== open.period)
      await new MarketLog(store, () => {}).begin(open.period, made, proposals.dropped.all());
  }
  return market;
}

/** What a market takes over from its options, new or resumed. */
function settings({ engine, clock, catchUp, onListenerError, log, secrets }: MarketOptions) {
  return {
    engine,
    logged: log ?? false,
    clock: clock ?? systemClock,
    catchUp: catchUp ?? defaultCatchUp,
    report: onListenerError ?? reportToConsole,
    secrets: secrets ?? systemSecrets,
  };
}

function snapshotsOf({ engine, snapshotEvery, onWarning }: MarketOptions, store: Store): Snapshots {
  return new Snapshots({
    store,
    hasher: engine,
    every: snapshotEvery ?? 0,
    warn: onWarning ?? warnOnConsole,
  });
}

interface Entering {
  readonly open: OpenPeriod;
  readonly signing: Signing | null;
  readonly id: Uint8Array;
  readonly contracts: readonly Contract[];
  /** What the list is called in errors. */
  readonly place: string;
}

/** Signs the contracts where they have to be signed, puts them in force and starts the period. */
async function enterAll(options: MarketOptions, entering: Entering): Promise<void> {
  const { open, signing, id, contracts, place } = entering;
  const sign = options.sign ?? (() => fail("signature", "sign", "a signer for the contracts", "none"));
  for (const [index, contract] of contracts.entries()) {
    const proof =
      signing &&
      (await signing.checkContract(
        contract,
        ownSignature(await sign(contract, id), `${place}[${index}].signature`),
      ));
    open.enter(contract);
    if (proof !== null) signing?.enter(contract, proof, index);
  }
  open.start();
}

/** The contracts of genesis. */
function contractsOf(options: MarketOptions): Contract[] {
  const given = (options.contracts ?? []).map((contract, index) =>
    parseContract(contract, `contracts[${index}]`),
  );
  return openingContracts(options, given).map((contract) =>
    within("options", () => parseContract(contract, contract.kind)),
  );
}

/**
 * Throws `conflict` unless what is given of contracts is what the ledger began with. Where genesis is erased (null),
 * that can be said of the market contract alone.
 */
function checkSameBeginning(options: MarketOptions, genesis: Block | null, market: MarketContract): void {
  if (options.id !== undefined && options.id !== market.id)
    fail("conflict", "id", `${market.id}, the market in the store`, options.id);
  const given = [...openingKeys, "contracts"] as const;
  if (!given.some((name) => name !== "id" && options[name] !== undefined)) return;
  const all = contractsOf({ ...options, id: market.id });
  const found = genesis === null ? [encodeCanonical(market)] : decodeItems(genesis.sections.contracts);
  const wanted = genesis === null ? all.slice(0, 1) : all;
  for (const [index, contract] of wanted.entries()) {
    const item = found[index];
    if (item === undefined || !sameBytes(item, encodeCanonical(contract)))
      fail("conflict", contractKey(contract), "the contract that the ledger began with", "another one");
  }
  if (wanted.length !== found.length)
    fail("conflict", "contracts", `the ${found.length} that the ledger began with`, wanted.length);
}

function openSigning(options: MarketOptions, contract: MarketContract, id: Uint8Array): Signing | null {
  if (!contract.signed) return null;
  const signatures = options.signatures ?? fail("signature", "signatures", "what checks signatures", "none");
  return new Signing({ signatures, hasher: options.engine, marketId: id });
}

const ownKeys = [
  "engine",
  "store",
  "contracts",
  "due",
  "log",
  "startMs",
  "clock",
  "catchUp",
  "snapshotEvery",
  "onWarning",
  "onListenerError",
  "secrets",
  "signatures",
  "sign",
] as const satisfies readonly (keyof MarketOptions)[];
const participantIds = optional(list(text(/./s, 1024, "an id"), 0, 1 << 24));

/**
 * Throws `invalid` naming the option that is missing, unknown or of the wrong kind; contracts are checked with the
 * rest.
 */
function checkOptions(options: MarketOptions): void {
  onlyKeys(options, "options", [...openingKeys, ...ownKeys]);
  checkEngine(options.engine);
  if (options.store !== undefined)
    needMethods(options.store, "store", "an open store", [
      "append",
      "blocks",
      "next",
      "putMeta",
      "log",
      "beginLog",
      "appendLog",
    ]);
  if (options.clock !== undefined)
    needMethods(options.clock, "clock", "a clock", ["now", "setTimer", "clearTimer"]);
  if (options.signatures !== undefined)
    needMethods(options.signatures, "signatures", "signatures, as `await openSignatures()` gives them", [
      "verify",
    ]);
  for (const name of ["due", "onListenerError", "onWarning", "secrets", "sign"] as const)
    if (options[name] !== undefined && typeof options[name] !== "function")
      fail("invalid", name, "a function", options[name]);
  if (options.log !== undefined) boolean(options.log, "log");
  if (options.log === true && options.due !== undefined)
    fail("invalid", "due", "none beside `log: true`, which keeps what was proposed", options.due);
  if (options.startMs !== undefined) integer(0, Number.MAX_SAFE_INTEGER)(options.startMs, "startMs");
  if (options.snapshotEvery !== undefined) integer(1, 0xffff_ffff)(options.snapshotEvery, "snapshotEvery");
  if (options.catchUp !== undefined) integer(0, 1000)(options.catchUp, "catchUp");
  if (options.contracts !== undefined && !Array.isArray(options.contracts))
    fail("invalid", "contracts", "an array of contracts", options.contracts);
  for (const name of ["clearing", "tariffs"] as const)
    if (options[name] !== undefined) {
      onlyKeys(options[name], name, carriers);
      for (const [carrier, part] of Object.entries(options[name])) object(part, `${name}.${carrier}`);
    }
  if (options.participants === undefined) return;
  const ids = participantIds(options.participants, "participants");
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) fail("invalid", `participants[${index}]`, "each id once", id);
    seen.add(id);
  }
}
