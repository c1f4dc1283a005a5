/**
 * One microgrid's market, fed from its intake stream. It does nothing on its own: what stands in the stream, in the
 * order in which it stands there, decides every answer and every block, so two workers that read the same stream say
 * and seal the same, and an auditor can tell whether somebody did.
 */
import { copyOf, fromHex, hex, sameBytes } from "../bytes.js";
import { asStorage, fail, GridclearError } from "../errors.js";
import { decodeBlock } from "../ledger/format/block.js";
import { decodeHeader } from "../ledger/format/header.js";
import { orderLayout } from "../ledger/format/records.js";
import type { Signatures, SigningKey } from "../ledger/keys/backend.js";
import { signReceipt } from "../ledger/proof/receipt.js";
import type { MatchingEngine } from "../market/engine.js";
import { checkGranted } from "../market/intake/granted.js";
import type { LoggedMarket } from "../market/logged.js";
import { openMarket } from "../market/open.js";
import type { Clock } from "../market/schedule.js";
import { type ChainBeginning, GridStore, type Sealing } from "./gridstore.js";
import { headOf } from "./heads.js";
import { refusalOf } from "./late.js";
import { type Registration, readGate, type SealedBlock } from "./messages.js";
import {
  type Answer,
  decodeRequest,
  encodeAnswer,
  type GridRequest,
  type ReceiptsRequest,
} from "./requests.js";

/** Where a microgrid's blocks go. */
export interface GridSink {
  /** Puts a block on this machine's disk, before anybody else has it. */
  keep(block: SealedBlock): Promise<void>;
  /** Makes a block that was kept the microgrid's; throws `conflict` where another stands at its height. */
  publish(block: SealedBlock): Promise<void>;
  /** A block of this microgrid as it was published; null: there is none of this height. */
  read(height: number): Promise<Uint8Array | null>;
  /** Hands on the state after the block published last. */
  snapshot(height: number, bytes: Uint8Array): Promise<void>;
  /** Sends an answer to whoever waits on `reply`. */
  answer(reply: string, bytes: Uint8Array): void;
}

/** What a microgrid is run with. */
export interface GridParts {
  readonly name: string;
  readonly engine: MatchingEngine;
  readonly signatures: Signatures;
  /** The platform's key: signs receipts. Null: nothing is signed, as an auditor, who has no such key, needs it. */
  readonly key: SigningKey | null;
  /** A snapshot after every so many blocks; null: never. */
  readonly snapshotEvery: number | null;
  readonly sink: GridSink;
  /** Called with what could not be kept but is not needed. */
  readonly warn: (error: GridclearError) => void;
}

/** Where a microgrid is taken up. */
export interface GridBeginning extends ChainBeginning {
  readonly registration: Registration;
}

/** A message of the intake stream. */
export interface IntakeMessage {
  readonly sequence: number;
  readonly kind: "request" | "gate";
  readonly data: Uint8Array;
}

/** Time is the gates': the market never asks a clock. */
const noClock: Clock = {
  now: () => fail("state", "clock", "a market that is closed by gates", "one that asks for the time"),
  setTimer: () => null,
  clearTimer: () => {},
};

/** A microgrid that is fed. */
export class Grid {
  readonly name: string;
  readonly market: LoggedMarket;
  readonly #parts: GridParts;
  readonly #store: GridStore;
  readonly #sealed: { block: SealedBlock | null };
  #position: number;
  #lastGate: number;
  #lastMs: number;
  /** Sequence of the message that is being taken: where it is a gate, the cut of the block that is sealed. */
  readonly #taking: { sequence: number };

  private constructor(parts: GridParts, made: Made) {
    const { market, store, taking, sealed, lastGate, lastMs } = made;
    this.name = parts.name;
    this.market = market;
    this.#parts = parts;
    this.#store = store;
    this.#taking = taking;
    this.#sealed = sealed;
    this.#position = taking.sequence;
    this.#lastGate = lastGate;
    this.#lastMs = lastMs;
  }

  /**
   * Takes up a microgrid where its last published block left it, or begins it. Throws `corrupt` for a chain that does
   * not hold, `unsupported` for an unsigned or a private market, `refused` for a market of another platform.
   */
  static async open(parts: GridParts, beginning: GridBeginning): Promise<Grid> {
    const { engine, signatures, key, snapshotEvery, sink, warn } = parts;
    const { registration } = beginning;
    const last = beginning.blocks.at(-1);
    const taking = { sequence: last?.cut ?? registration.cut };
    const sealed: Made["sealed"] = { block: null };
    const keep = async ({ root, ...sealing }: Sealing): Promise<void> => {
      const block = {
        ...sealing,
        cut: taking.sequence,
        note: key && (await headOf(sealing, root, key, engine)),
      };
      await sink.keep(block);
      sealed.block = block;
    };
    const store = GridStore.open(beginning, engine, { keep, read: (height) => sink.read(height) });
    const rest = [...registration.signatures];
    const isNew = store.size === 0;
    const market = await openMarket({
      engine,
      store,
      log: true,
      signatures,
      clock: noClock,
      onWarning: warn,
      ...(snapshotEvery === null ? {} : { snapshotEvery }),
      ...(isNew
        ? {
            contracts: registration.contracts,
            startMs: registration.startMs,
            sign: async () => rest.shift() ?? fail("signature", "registration", "a signature each", "fewer"),
          }
        : {}),
    });
    checkMarket(market, key);
    store.forget();
    const lastMs = isNew ? registration.startMs : decodeHeader(last!.bytes).timestampMs;
    const grid = new Grid(parts, {
      market,
      store,
      taking,
      sealed,
      // Genesis was closed by no gate.
      lastGate: last === undefined || last.height === 0 ? 0 : last.cut,
      lastMs,
    });
    await grid.#publish();
    return grid;
  }

  /** Sequence of the last message that was taken. */
  get position(): number {
    return this.#position;
  }

  /** Sequence of the last message on its subject of gates, as far as it was read: what the next gate expects. */
  get lastGate(): number {
    return this.#lastGate;
  }

  /** Timestamp of the last block. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Takes the next message; one that was taken before is passed over. Throws what stops the microgrid. */
  async take({ sequence, kind, data }: IntakeMessage): Promise<void> {
    if (sequence <= this.#position) return;
    this.#taking.sequence = sequence;
    if (kind === "gate") {
      this.#lastGate = sequence;
      await this.#gate(data);
    } else await this.#request(sequence, data);
    this.#position = sequence;
  }

  async #gate(data: Uint8Array): Promise<void> {
    const { market } = this;
    const platformKey = fromHex(market.contract.platformKey, "platformKey");
    const { signatures } = this.#parts;
    const gate = await readGate(data, { marketId: market.id, platformKey, signatures });
    // Whoever may write to the stream can put anything there; a gate of another period came too late.
    if (gate === null || gate.period !== market.period) return;
    const sealing = market.clearPeriod(gate.timestampMs);
    // The next period is open from here on, while the block is on its way to the disk. Whoever looks by then has to see
    // since when: by the time of the period before, the next would be due at once, and close as it began.
    this.#lastMs = Math.max(this.#lastMs, gate.timestampMs);
    await sealing;
    await this.#publish();
  }

  async #publish(): Promise<void> {
    const { block } = this.#sealed;
    if (block === null) return;
    const { sink, warn, name } = this.#parts;
    await sink.publish(block);
    this.#sealed.block = null;
    const snapshot = this.#store.takeSnapshot();
    if (snapshot === null) return;
    await sink.snapshot(snapshot.height, snapshot.bytes).catch((error: unknown) => {
      warn(
        asStorage(error, "snapshot", "one that can be handed on").at(`${name}, height ${snapshot.height}`),
      );
    });
  }

  async #request(sequence: number, data: Uint8Array): Promise<void> {
    let reply: string | null = null;
    let answer: Answer;
    try {
      const sent = decodeRequest(data);
      reply = sent.reply;
      answer = await this.#answer(sent.request, reply !== null);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      // A market that has stopped refuses nothing: its worker has to know.
      if (error.code === "storage") throw error;
      answer = { status: "refused", error };
    }
    if (reply !== null) this.#parts.sink.answer(reply, encodeAnswer({ sequence, answer }));
  }

  async #answer(request: GridRequest, isAwaited: boolean): Promise<Answer> {
    const { market } = this;
    switch (request.kind) {
      case "orders": {
        const result = await market.enter(request.orders);
        if ("status" in result) {
          const { engine, signatures } = this.#parts;
          const error = await refusalOf(result.error, request.orders, market, signatures, engine);
          return { status: "refused", error };
        }
        const { period, first, records, refused } = result;
        if (refused[0] !== undefined) return { status: "refused", error: refused[0].error };
        // A receipt that goes to nobody need not be signed.
        const receipts = isAwaited ? await this.#receipts(period, first, records) : [];
        return { status: "accepted", period, first, receipts };
      }
      case "receipts":
        return this.#receiptsAgain(request);
      case "reading":
        return market.report(request.reading, request.signature);
      default: {
        const { contract, signature } = request;
        if (contract.kind === "participant")
          checkGranted({ ...contract }, market.state.contractOf(contract.id), {}, market.contract);
        return market.propose(contract, signature);
      }
    }
  }

  /** The receipts of orders that were taken already, in the open period or a sealed one. */
  async #receiptsAgain({ period, records }: ReceiptsRequest): Promise<Answer> {
    const { market } = this;
    const { bytes } = orderLayout;
    const isOpen = period === market.period;
    const block = isOpen ? null : await this.#store.get(period - market.contract.from);
    const all = isOpen ? market.openOrders.records() : block && decodeBlock(block).sections.orders;
    const first = all === null || records.length % bytes !== 0 ? null : placeIn(all, records);
    if (first === null) return fail("refused", "receipts", `orders that stand in period ${period}`, "others");
    return { status: "accepted", period, first, receipts: await this.#receipts(period, first, records) };
  }

  #receipts(period: number, first: number, records: Uint8Array): Promise<Uint8Array[]> {
    const { key, engine } = this.#parts;
    if (key === null) return Promise.resolve([]);
    const { bytes } = orderLayout;
    return Promise.all(
      Array.from({ length: records.length / bytes }, async (_, index) => {
        const order = copyOf(records, index * bytes, (index + 1) * bytes);
        const taken = { marketId: this.market.id, period, number: first + index, order };
        return (await signReceipt(taken, key, engine)).signature;
      }),
    );
  }
}

/** The number of the first of some orders, which stand one behind the other among these; null: they do not. */
export function placeIn(all: Uint8Array, records: Uint8Array): number | null {
  const { bytes } = orderLayout;
  for (let at = 0; at + records.length <= all.length; at += bytes)
    if (sameBytes(all.subarray(at, at + records.length), records)) return at / bytes;
  return null;
}

interface Made {
  readonly market: LoggedMarket;
  readonly store: GridStore;
  readonly taking: { sequence: number };
  readonly sealed: { block: SealedBlock | null };
  readonly lastGate: number;
  readonly lastMs: number;
}

/** Throws unless this is a market that a fleet can run, and its platform is ours. */
function checkMarket({ contract }: LoggedMarket, key: SigningKey | null): void {
  if (!contract.signed)
    fail("unsupported", "market", "a signed one, whose orders say their period", "an unsigned one");
  if (contract.privacy === "private")
    fail(
      "unsupported",
      "market.privacy",
      "open: workers would have to share each period's secret",
      "private",
    );
  if (key !== null && contract.platformKey !== hex(key.publicKey))
    fail("refused", "key", `the platform's key (${contract.platformKey})`, hex(key.publicKey));
}
