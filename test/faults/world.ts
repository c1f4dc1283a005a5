// One world from one seed: members honest and evil, a network that loses, repeats, delays and reorders what they send,
// a disk that fails and forgets, a process that is killed at any call, a second writer that won't die, a clock that
// jumps. The service, the market, the store, the core and the signatures are the real ones.
import { hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { GridclearError } from "../../src/errors.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { marketId } from "../../src/ledger/format/header.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { type OrderRecord, orderLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { boundParticipant } from "../../src/ledger/keys/directory.js";
import {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
} from "../../src/ledger/keys/message.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { isReceiptSigned, receiptFromJson, receiptToJson } from "../../src/ledger/proof/receipt.js";
import { openNodeStore, readNodeStore } from "../../src/ledger/store/node.js";
import type { Store } from "../../src/ledger/store/store.js";
import type {
  Contract,
  MarketContract,
  SupplyContract,
  UseContract,
} from "../../src/market/contracts/contracts.js";
import { isShare } from "../../src/market/contracts/sharedcontracts.js";
import type { LoggedMarket } from "../../src/market/logged.js";
import { openMarket } from "../../src/market/open.js";
import { Platform } from "../../src/market/platform.js";
import { encodeColumns } from "../../src/service/columns.js";
import { openService, type Service } from "../../src/service/service.js";
import { type Carrier, carriers } from "../../src/units.js";
import { withLists } from "../support/pricelists.js";
import { random, randomContracts } from "../support/scenario.js";
import { someAgreement } from "./agreements.js";
import { type Acknowledged, Auditor, Broken, keyOf, promised, readingText } from "./auditor.js";
import { disk, type Fault, PowerCut } from "./disk.js";
import { signAtOnce } from "./nowait.js";

/** What a world counted. */
export interface WorldCounts {
  steps: number;
  blocks: number;
  orders: number;
  trades: number;
  matchings: number;
  acknowledged: number;
  refused: number;
  batches: number;
  crashes: number;
  failures: number;
  flips: number;
  writers: number;
  /** Flows that two meters decided on: energy shared, trades not delivered. */
  pairs: number;
  prices: number;
  /** Contracts that entered, and that were acknowledged and dropped. */
  contracts: number;
  drops: number;
}

signAtOnce();
const directory = "/ledger";
const from = 100;
const periodMs = 30_000;
const engine: Engine = await openEngine();
/** Replays by another instance of the core. */
const witness: Engine = await openEngine();
const signatures = await openSignatures();
const seedOf = (number: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, at) => (number * 31 + at * 7) & 255);
const platformKey = await signatures.importSeed(seedOf(200));
const operatorKey = await signatures.importSeed(seedOf(202));
const gatewayKey = await signatures.importSeed(seedOf(201));
const keys: SigningKey[] = await Promise.all(
  Array.from({ length: 8 }, (_, number) => signatures.importSeed(seedOf(number))),
);

const decimal = (ticks: number): string => {
  const digits = `${Math.abs(ticks)}`.padStart(7, "0");
  return `${ticks < 0 ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
};

/** A message on its way. */
interface Message {
  readonly path: string;
  readonly body: string | Uint8Array;
  /** Of an honest member, who wants to know the answer; null: nothing of it may be granted. */
  readonly sender: Sender | null;
}

/** What a member sends again until it is answered. */
interface Sender {
  readonly until: number;
  granted(answer: Record<string, unknown>): Promise<void> | void;
  refused(): void;
}

/** How many orders were granted, and the message that waits for its answer. */
interface Sent {
  revision: number;
  waiting: Message | null;
}

interface Process {
  readonly store: Store;
  readonly market: LoggedMarket;
  readonly platform: Platform;
  readonly service: Service;
}

class World {
  readonly #below: (n: number) => number;
  readonly #contracts: readonly Contract[];
  readonly #members: number;
  readonly #favourite: Carrier;
  readonly #priceStep: number;
  readonly #marketId: Uint8Array;
  readonly #acknowledged: Acknowledged = { orders: new Map(), readings: new Map(), contracts: new Map() };
  readonly #auditor: Auditor;
  readonly #wire: Message[] = [];
  /** By `period member carrier`. */
  readonly #sent = new Map<string, Sent>();
  readonly #readings = new Map<string, number>();
  readonly #receipts = new Map<string, string>();
  readonly #snapshotEvery: number | undefined;
  /** Members whose orders a gateway may bring as well. */
  readonly #behind: readonly number[];
  /** Whether carriers are shared, and trades count as delivered. */
  readonly #isMetered: boolean;
  #now = 1_700_000_000_000;
  #agreed = 0;
  /** By what contracts are about: the period from which the last that was sent is to hold. */
  readonly #agreements = new Map<string, number>();
  #process: Process | null = null;
  /** Blocks that were acknowledged as sealed. */
  #sealed = 0;
  /** Whether the disk was told to fail, so that a market that stops is right. */
  #mayStop = false;
  /** Whether a bit flipped that the writer did not mind. */
  #rotten = false;
  readonly #past: Message[] = [];
  readonly trail: string[] = [];
  readonly counts: WorldCounts = {
    steps: 0,
    blocks: 0,
    orders: 0,
    trades: 0,
    matchings: 0,
    acknowledged: 0,
    refused: 0,
    batches: 0,
    crashes: 0,
    failures: 0,
    flips: 0,
    writers: 0,
    pairs: 0,
    prices: 0,
    contracts: 0,
    drops: 0,
  };

  constructor(seed: number) {
    this.#below = random(seed);
    disk.begin(random(seed ^ 0x2545f491));
    this.#members = 2 + this.#below(5);
    // In some markets prices meet exactly.
    this.#priceStep = this.#chance(30) ? 100 : 1;
    this.#snapshotEvery = this.#below(2) === 0 ? 1 + this.#below(3) : undefined;
    const hasGateway = this.#chance(50);
    this.#behind = Array.from({ length: this.#members }, (_, member) => member).filter(
      () => hasGateway && this.#chance(70),
    );
    this.#isMetered = seed % 3 === 0;
    const plain = randomContracts(seed, {
      participants: this.#members,
      periods: 40,
      isMetered: this.#isMetered,
      isPrivate: this.#below(3) === 0,
    });
    const listed = seed % 4 === 1 ? withLists(plain, random(seed ^ 0x1f83d9ab), this.#now) : plain;
    // Where nothing but a mechanism decides, the oracle matches as well.
    const contracts = this.#chance(30) ? withoutPlaces(listed) : listed;
    this.#contracts = contracts.map((contract): Contract => {
      if (contract.kind === "market")
        return { ...contract, signed: true, platformKey: hex(platformKey.publicKey) };
      if (contract.kind === "area" && contract.parent !== undefined && seed % 2 === 0)
        return { ...contract, operator: hex(operatorKey.publicKey) };
      if (contract.kind !== "participant") return contract;
      const isBehind = this.#behind.includes(Number(contract.id.slice(1)));
      const gateway = isBehind ? { gateway: hex(gatewayKey.publicKey) } : {};
      return { ...contract, key: hex(this.#keyOf(contract.id).publicKey), ...gateway };
    });
    const ordered = this.#contracts.flatMap((each) =>
      each.kind === "clearing" && !isShare(each) ? [each.carrier] : [],
    );
    this.#favourite = ordered[this.#below(ordered.length || 1)] ?? "gas";
    this.#marketId = marketId(encodeCanonical(this.#contracts[0] as MarketContract), witness);
    this.#auditor = new Auditor(from, witness, this.#acknowledged);
  }

  #keyOf(id: string): SigningKey {
    return keys[Number(id.slice(1))]!;
  }

  #chance(percent: number): boolean {
    return this.#below(100) < percent;
  }

  #say(what: string): void {
    this.trail.push(what);
    if (this.trail.length > 24) this.trail.shift();
  }

  /** Lives through so many steps, and a quiet end in which everything that was promised falls due. */
  async live(steps: number): Promise<WorldCounts> {
    await this.#open();
    for (this.counts.steps = 0; this.counts.steps < steps; this.counts.steps += 1) {
      await this.#step();
      await this.#look();
    }
    this.#say("the quiet end");
    if (disk.dead) this.#restart(true);
    else if (this.#process?.platform.failure != null) this.#restart(false);
    if (this.#process === null) await this.#open();
    // A period whose disk fails or whose power goes is closed again, so they are counted by their blocks.
    const end = this.#process!.store.size + 1 + mostAhead;
    while (this.#process!.store.size < end) await this.#close();
    await this.#look();
    const { orders, readings, contracts } = this.#acknowledged;
    // What came in while the last period closed was taken for the next, which is open still.
    const open = from + this.#auditor.hashes.length;
    for (const [key, { period }] of readings) if (period >= open) readings.delete(key);
    promised(orders.size === 0, `${orders.size} acknowledged orders stand in no block`);
    promised(readings.size === 0, `${readings.size} acknowledged readings stand in no block`);
    promised(contracts.size === 0, `${contracts.size} acknowledged contracts stand in no block`);
    await this.#read();
    await this.#process!.store.close();
    this.#process!.service.close();
    const {
      matchings,
      trades,
      orders: entered,
      hashes,
      pairs,
      prices,
      contracts: agreed,
      drops,
    } = this.#auditor;
    const blocks = hashes.length;
    const seen = { matchings, trades, orders: entered, blocks, pairs, prices, contracts: agreed, drops };
    return Object.assign(this.counts, seen);
  }

  /** A reader beside the writer sees the same blocks. */
  async #read(): Promise<void> {
    let store: Store;
    try {
      store = await readNodeStore(directory, { hasher: witness });
    } catch (error) {
      // A flipped bit that its writer could do without is still told to whoever verifies.
      if (this.#rotten && error instanceof GridclearError && error.code === "corrupt") return;
      throw error;
    }
    for (let height = 0; height < store.size; height += 1)
      this.#auditor.same(height, (await store.get(height))!);
    await store.close();
  }

  async #step(): Promise<void> {
    const dice = this.#below(100);
    if (this.#process === null) return this.#open();
    if (dice < 40) {
      for (let count = 1 + this.#below(6); count > 0 && this.#process !== null; count -= 1)
        await (this.#behind.length > 0 && this.#chance(30) ? this.#columns() : this.#order());
      return;
    }
    if (dice < 48) return this.#readingsOfSome();
    if (dice < 53) return this.#agree();
    if (dice < 60) return this.#attack();
    if (dice < 72) return this.#deliver(1 + this.#below(4));
    if (dice < 86) return this.#close();
    if (dice < 91) return this.#plan();
    if (dice < 94) return this.#kill();
    if (dice < 96) return this.#clock();
    if (dice < 98) return this.#secondWriter();
    return this.#rot();
  }

  // The machine and its processes.

  /** Opens the market, as often as it takes; only a planned fault may hold it up. */
  async #open(): Promise<void> {
    for (let tries = 0; tries < 4; tries += 1) {
      this.#say(`open (boot ${disk.boots})`);
      try {
        this.#process = await this.#alive(this.#boot());
        return;
      } catch (error) {
        if (error instanceof Broken) throw error;
        if (!disk.struck)
          throw new Broken(
            `the market does not open: ${error instanceof Error ? (error.stack ?? error) : error}`,
          );
        this.#restart(disk.dead);
      }
    }
    throw new Broken("the market does not open after four tries");
  }

  async #boot(): Promise<Process> {
    const store = await openNodeStore(directory, { hasher: engine, segmentBytes: 6_000 });
    const secret = random(this.#sealed + 17);
    const market = await openMarket({
      engine,
      store,
      log: true,
      ...(store.size === 0 ? { contracts: this.#contracts } : {}),
      sign: (contract, id) => this.#keyFor(contract).sign(contractStatement(id, encodeCanonical(contract))),
      signatures,
      secrets: () => Uint8Array.from({ length: 32 }, () => secret(256)),
      clock: { now: () => this.#now, setTimer: () => 0, clearTimer: () => undefined },
      ...(this.#snapshotEvery === undefined ? {} : { snapshotEvery: this.#snapshotEvery }),
      onWarning: ({ reason }: { reason?: unknown }) => this.#say(`warned: ${String(reason)}`),
      onListenerError: (error) => {
        throw new Broken(`a listener failed: ${String(error)}`);
      },
    } as Parameters<typeof openMarket>[0] & { log: true });
    const platform = await Platform.open({ market, key: platformKey, hasher: engine });
    const service = openService({
      platform,
      signatures,
      now: () => this.#now,
      limits: { burst: 2 ** 31, perSecond: 2 ** 31 },
      log: {
        info: () => {},
        error: (fields) => this.#say(`logged: ${JSON.stringify(fields).slice(0, 700)}`),
      },
    });
    return { store, market, platform, service };
  }

  #keyFor(contract: Contract): SigningKey {
    const bound = boundParticipant(contract);
    return bound === null ? platformKey : this.#keyOf(bound);
  }

  /** The process is gone; of what it wrote all is there, or after a power cut what was flushed and some of the rest. */
  #restart(cut: boolean): void {
    this.#process?.service.close();
    this.#process = null;
    this.counts.crashes += 1;
    this.#mayStop = false;
    if (cut) disk.reboot();
    else disk.restart();
  }

  /** Waits for an answer; throws {@link PowerCut} where the power goes before it comes. */
  #alive<T>(answer: Promise<T>): Promise<T> {
    return Promise.race([
      answer,
      disk.died.then((): never => {
        throw new PowerCut();
      }),
    ]);
  }

  /** Does something with the process; the power may go, or the disk fail, where that was planned. */
  async #run<T>(act: (process: Process) => Promise<T>): Promise<T | null> {
    const process = this.#process!;
    try {
      return await this.#alive(act(process));
    } catch (error) {
      if (error instanceof Broken) throw error;
      if (error instanceof PowerCut || disk.dead) {
        this.#say("the power went");
        this.#restart(true);
        return null;
      }
      promised(
        this.#mayStop && disk.struck,
        `it fails though its disk is well: ${(error as Error).stack ?? error}`,
      );
      this.counts.failures += 1;
      this.#say(`stopped: ${(error as Error).message}`);
      await this.#insist(process);
      this.#restart(false);
      return null;
    }
  }

  /** A market whose disk has failed once does nothing more: nobody knows what the disk holds. */
  async #insist({ market, store }: Process): Promise<void> {
    const done = async (what: string, act: () => Promise<unknown>): Promise<void> => {
      const went = await act().then(
        () => true,
        () => false,
      );
      promised(!went, `${what} after the disk had failed`);
    };
    await done("a period closes", () => market.clearPeriod(this.#now));
    await done("the log grows", () => store.appendLog(new Uint8Array(9)));
  }

  async #plan(): Promise<void> {
    const kind = (["cut", "cut", "EIO", "ENOSPC"] as const satisfies readonly Fault[])[this.#below(4)]!;
    const after = 1 + this.#below(12);
    this.#say(`plan ${kind} in ${after} calls`);
    this.#mayStop = true;
    disk.plan(kind, after);
  }

  async #kill(): Promise<void> {
    const cut = this.#chance(50);
    this.#say(cut ? "power cut" : "kill");
    disk.cut();
    // What was under way is not answered any more.
    await new Promise((resolve) => setImmediate(resolve));
    this.#restart(cut);
  }

  async #clock(): Promise<void> {
    this.#now += [-86_400_000, 86_400_000, -1, 7_000][this.#below(4)]!;
    this.#say(`the clock says ${this.#now}`);
  }

  /** Another process wants to write the ledger as well; or the lock was cleared up, and the first one goes on. */
  async #secondWriter(): Promise<void> {
    this.counts.writers += 1;
    if (this.#chance(60)) {
      this.#say("a second writer");
      let second: Store | null = null;
      await this.#run(async () => {
        try {
          second = await openNodeStore(directory, { hasher: engine });
        } catch (error) {
          if (error instanceof GridclearError && error.code === "conflict") return;
          // The disk may fail whoever comes second as well, which is none of the first one's business.
          if (disk.struck && !disk.dead) return;
          throw error;
        }
      });
      promised(second === null, "two writers hold one ledger");
      return;
    }
    this.#say("the lock is cleared up beside its holder");
    const first = this.#process!;
    disk.take(`${directory}/LOCK`);
    this.#process = null;
    await this.#open();
    const size = this.#process!.store.size;
    let went = false;
    await this.#run(async () => {
      await first.market.clearPeriod(this.#now).then(
        () => {
          went = true;
        },
        () => {},
      );
    });
    first.service.close();
    promised(!went, "a writer without the lock sealed a block");
    if (this.#process !== null)
      promised(
        (this.#process as Process).store.size === size,
        "the second writer's ledger grew by the first",
      );
  }

  /** A bit flips on the disk while nobody runs: it is found, or it was of no account. */
  async #rot(): Promise<void> {
    const graceful = this.#chance(50);
    if (graceful) await this.#run(({ store }) => store.close());
    if (this.#process !== null) this.#restart(false);
    const files = disk.files.filter((name) => !name.endsWith("LOCK"));
    const path = files[this.#below(files.length)];
    const before = path === undefined ? new Uint8Array(0) : disk.bytesOf(path);
    if (path === undefined || before.length === 0) return this.#open();
    const at = this.#below(before.length);
    // The last record of a log that is cut off looks like a write that never ended: nothing can tell (docs/stores.md).
    const cut = this.#chance(25) && !path.endsWith("/log");
    const rotten = Uint8Array.from(cut ? before.subarray(0, at) : before);
    if (!cut) rotten[at]! ^= 1 << this.#below(8);
    disk.put(path, rotten);
    this.counts.flips += 1;
    this.#say(`${cut ? "all is cut off from" : "a bit flips in"} byte ${at} of ${path}`);
    try {
      this.#process = await this.#boot();
      this.#rotten = true;
    } catch (error) {
      promised(
        error instanceof GridclearError,
        `a file that rots ends in ${(error as Error).stack ?? error}`,
      );
      this.#say(`found: ${(error as Error).message}`);
      disk.put(path, before);
      disk.restart();
      await this.#open();
    }
  }

  // What members, honest and evil, send.

  /** What a member sent for a carrier in a period. */
  #sentBy(member: number, carrier: Carrier, period: number): Sent {
    const key = `${period} ${member} ${carrier}`;
    const state = this.#sent.get(key) ?? { revision: 0, waiting: null };
    this.#sent.set(key, state);
    return state;
  }

  /** The carrier of an order: most are for one, so that they meet. */
  #carrier(): Carrier {
    return this.#chance(80) ? this.#favourite : carriers[this.#below(4)]!;
  }

  /** The most that a member may order on a side by what the market opened with, its own terms or all's; 0: nothing. */
  #mostOf(participant: number, carrier: Carrier, side: OrderRecord["side"]): number {
    const kind = side === "offer" ? "supply" : "use";
    const terms = this.#contracts.filter(
      (each): each is SupplyContract | UseContract =>
        each.kind === kind &&
        each.carrier === carrier &&
        [undefined, `p${participant}`].includes(each.participant),
    );
    return (terms.find((each) => each.participant !== undefined) ?? terms[0])?.limit ?? 0;
  }

  /** Some order of a member, the next of its kind; most are within its contract. */
  #some(participant: number, carrier: Carrier, { revision }: Sent): OrderRecord {
    const takesBack = revision > 0 && this.#chance(15);
    const sides = (["offer", "bid"] as const).filter((each) => this.#mostOf(participant, carrier, each) > 0);
    const isMeant = sides.length > 0 && this.#chance(90);
    const side = isMeant ? sides[this.#below(sides.length)]! : this.#chance(50) ? "offer" : "bid";
    const most = isMeant ? Math.min(900, this.#mostOf(participant, carrier, side)) : 4_000;
    const quantity = takesBack ? 0 : 1 + this.#below(most);
    const price = takesBack ? 0 : this.#chance(10) ? this.#below(300) - 300 : this.#below(600);
    return { participant, carrier, side, revision, quantity, price: price - (price % this.#priceStep) };
  }

  async #order(): Promise<void> {
    const { market } = this.#process!;
    const member = this.#below(this.#members);
    const carrier = this.#carrier();
    const period = market.period;
    const state = this.#sentBy(member, carrier, period);
    // Whoever has no answer sends the same again.
    if (state.waiting !== null) return this.#send(state.waiting);
    const order = this.#some(member, carrier, state);
    const { side, revision, quantity, price } = order;
    const record = encodeRecords(orderLayout, [order]);
    const signature = await keys[member]!.sign(orderStatement(this.#marketId, period, record));
    const body = JSON.stringify({
      participant: `p${member}`,
      carrier,
      side,
      quantity: decimal(quantity),
      price: decimal(price),
      revision,
      period,
      signature: hex(signature),
    });
    const message: Message = {
      path: "/v1/orders",
      body,
      sender: {
        until: period,
        granted: (answer) => {
          const { number } = (answer as { receipt: { number: number } }).receipt;
          if (state.waiting === message) {
            state.waiting = null;
            state.revision += 1;
          }
          return this.#receipt(body, answer, { period, number, record: hex(record) });
        },
        refused: () => {
          if (state.waiting === message) state.waiting = null;
        },
      },
    };
    state.waiting = message;
    this.#past.push(message);
    await this.#send(message);
  }

  /** Orders as the columns that a gateway sends. */
  async #columnsOf(orders: readonly OrderRecord[], period: number, gateway: SigningKey): Promise<Uint8Array> {
    const root = recordsRoot(orderLayout, encodeRecords(orderLayout, orders), witness);
    return encodeColumns({
      period,
      batch: {
        participant: Uint32Array.from(orders, ({ participant }) => participant),
        quantity: Uint32Array.from(orders, ({ quantity }) => quantity),
        price: Int32Array.from(orders, ({ price }) => price),
        revision: Uint16Array.from(orders, ({ revision }) => revision),
        carrier: Uint8Array.from(orders, ({ carrier }) => carriers.indexOf(carrier)),
        side: Uint8Array.from(orders, ({ side }) => (side === "offer" ? 0 : 1)),
      },
      proof: {
        gateway: gateway.publicKey,
        signature: await gateway.sign(batchStatement(this.#marketId, period, orders.length, root)),
      },
    });
  }

  /** A gateway sends orders of some of its members at once, in columns. */
  async #columns(): Promise<void> {
    const { market } = this.#process!;
    const carrier = this.#carrier();
    const period = market.period;
    const states = new Map(this.#behind.map((member) => [member, this.#sentBy(member, carrier, period)]));
    const waiting = [...states.values()].find((state) => state.waiting !== null)?.waiting;
    if (waiting != null) return this.#send(waiting);
    const members = this.#behind.filter(() => this.#chance(60));
    if (members.length === 0) return;
    const orders = members.map((member) => this.#some(member, carrier, states.get(member)!));
    const records = encodeRecords(orderLayout, orders);
    const body = await this.#columnsOf(orders, period, gatewayKey);
    const settle = (more: number): void => {
      for (const member of members) {
        const state = states.get(member)!;
        if (state.waiting !== message) continue;
        state.waiting = null;
        state.revision += more;
      }
    };
    const message: Message = {
      path: "/v1/orders/columns",
      body,
      sender: {
        until: period,
        granted: async ({ taken }) => {
          if (!this.#receipts.has(`${hex(body)} 0`)) this.counts.batches += 1;
          settle(1);
          // Magic 20, number of orders u32, period u64, number of the first u32, a signature each (docs/service.md).
          const bytes = Buffer.from(taken as Uint8Array);
          promised(
            bytes.length === 36 + 64 * orders.length && bytes.readUInt32LE(20) === orders.length,
            `an answer of ${bytes.length} bytes to ${orders.length} orders`,
          );
          const first = bytes.readUInt32LE(32);
          for (const place of orders.keys()) {
            const record = records.slice(16 * place, 16 * place + 16);
            const number = first + place;
            const receipt = {
              marketId: this.#marketId,
              period: Number(bytes.readBigUInt64LE(24)),
              number,
              order: record,
              signature: Uint8Array.from(bytes.subarray(36 + 64 * place, 100 + 64 * place)),
            };
            const answer = { receipt: receiptToJson(receipt) };
            await this.#receipt(`${hex(body)} ${place}`, answer, { period, number, record: hex(record) });
          }
        },
        refused: () => settle(0),
      },
    };
    for (const member of members) states.get(member)!.waiting = message;
    await this.#send(message);
  }

  /** Looks at a receipt: signed, for this order, and the same each time. */
  async #receipt(
    body: string,
    answer: Record<string, unknown>,
    order: { readonly period: number; readonly number: number; readonly record: string },
  ): Promise<void> {
    const receipt = receiptFromJson(answer.receipt);
    promised(
      receipt.period === order.period && hex(receipt.order) === order.record,
      `a receipt for another order: ${JSON.stringify(answer)}`,
    );
    promised(
      await isReceiptSigned(receipt, platformKey.publicKey, signatures, witness),
      "a receipt that the platform did not sign",
    );
    const before = this.#receipts.get(body);
    const text = JSON.stringify(answer.receipt);
    promised(before === undefined || before === text, `two receipts for one order: ${before} and ${text}`);
    this.#receipts.set(body, text);
    if (before !== undefined) return;
    this.counts.acknowledged += 1;
    // Of a period that is sealed already the answer before was lost.
    if (order.period - from < this.#auditor.hashes.length) this.#auditor.holds(order);
    else this.#acknowledged.orders.set(body, order);
  }

  /** A meter reports; where meters decide, several do. */
  async #readingsOfSome(): Promise<void> {
    let count = this.#isMetered ? 1 + this.#below(12) : 1;
    for (; count > 0 && this.#process !== null; count -= 1) await this.#reading();
  }

  /** A meter reports. `isSkipping`: it leaves versions out, which nobody may take. */
  async #reading(isSkipping = false): Promise<void> {
    const { market } = this.#process!;
    const member = this.#below(this.#members);
    const carrier = carriers[this.#below(4)]!;
    const period = market.period - 1 - this.#below(4);
    const key = `${period} ${member} ${carrier}`;
    // Some answers were lost, so that more versions stand than the member knows of, but not so many: of one meter and
    // period at most eight are taken in each of six periods.
    const version = (this.#readings.get(key) ?? 0) + (isSkipping ? 50 : 1);
    const said = {
      participant: `p${member}`,
      carrier,
      period,
      in: decimal(this.#below(900)),
      out: decimal(this.#below(300)),
      version,
    } as const;
    let record: Uint8Array;
    try {
      record = market.readingRecord(said);
    } catch (error) {
      if (error instanceof GridclearError) return;
      throw error;
    }
    const open = market.period;
    const signature = await keys[member]!.sign(readingStatement(this.#marketId, open, record));
    await this.#send({
      path: "/v1/readings",
      body: JSON.stringify({ ...said, signature: hex(signature) }),
      sender: isSkipping
        ? null
        : {
            until: open,
            granted: (answer) => {
              if ((this.#readings.get(key) ?? 0) >= version) return;
              this.#readings.set(key, version);
              const stands = answer.period as number;
              const numbers = [ticksOf(said.in), ticksOf(said.out), version];
              if (stands - from >= this.#auditor.hashes.length)
                this.#acknowledged.readings.set(`${key} ${version}`, {
                  period: stands,
                  reading: readingText(member, carrier, stands - period, numbers),
                });
            },
            refused: () => {},
          },
    });
  }

  /** A contract is signed and sent: by a member, or by the platform. */
  async #agree(): Promise<void> {
    const { market } = this.#process!;
    const number = 10_000 + this.#agreed++;
    // Some wait over the end of a period, and have to be in the log of the next.
    const begins = market.period + 1 + this.#below(mostAhead);
    const { contract, signer, takes } = someAgreement({
      below: this.#below,
      opening: this.#contracts,
      members: this.#members,
      from: begins,
      number,
      versionOf: (each) => market.nextVersion(each),
      heldOf: (each) => market.state.contract(each),
    });
    const key = keyOf(contract);
    const subject = contract.kind === "end" ? contract.contract : key;
    // Of what one contract is about another is signed only when it is clear what became of it.
    if (market.period <= (this.#agreements.get(subject) ?? 0)) return;
    this.#agreements.set(subject, begins);
    const others: { readonly [name: string]: SigningKey } = { platform: platformKey, operator: operatorKey };
    const by = others[signer] ?? this.#keyOf(signer);
    const signature = await by.sign(contractStatement(this.#marketId, encodeCanonical(contract)));
    await this.#send({
      path: "/v1/contracts",
      body: JSON.stringify({ contract, signature: hex(signature) }),
      sender: {
        until: market.period,
        granted: (answer) => {
          const stands = answer.period as number;
          if (stands - from >= this.#auditor.hashes.length)
            this.#acknowledged.contracts.set(`${number}`, {
              period: stands,
              key,
              version: contract.version,
              takes: signer in others ? null : { from: signer, amount: takes },
            });
        },
        refused: () => {},
      },
    });
  }

  /** A member that no gateway stands before; a number that nobody has where there is none. */
  #alone(): number {
    for (let member = 0; member < this.#members; member += 1)
      if (!this.#behind.includes(member)) return member;
    return this.#members;
  }

  /** What must not be granted, whatever it is. */
  async #attack(): Promise<void> {
    const { market } = this.#process!;
    const member = this.#below(this.#members);
    const honest = {
      participant: `p${member}`,
      carrier: carriers[this.#below(4)]!,
      side: "bid",
      quantity: "0.0003",
      price: "0.0005",
      revision: 250,
      period: market.period,
    } as const;
    const record = encodeRecords(orderLayout, [
      { ...honest, participant: member, quantity: 300, price: 500, side: "bid" },
    ]);
    const evil = keys[(member + 1) % keys.length]!;
    const statement = orderStatement(this.#marketId, market.period, record);
    const forged = hex(await evil.sign(statement));
    const own = hex(await keys[member]!.sign(statement));
    if (this.#chance(10)) return this.#reading(true);
    if (this.#chance(12)) {
      const order = { ...honest, participant: member, quantity: 300, price: 500, revision: 0 } as const;
      const { period } = market;
      const bodies: readonly (() => Promise<Uint8Array>)[] = [
        // Somebody is no gateway; the gateway is none of this member's; it has signed for another period.
        () => this.#columnsOf([order], period, evil),
        () => this.#columnsOf([{ ...order, participant: this.#alone() }], period, gatewayKey),
        () => this.#columnsOf([order], period - 1, gatewayKey),
      ];
      const body = await bodies[this.#below(bodies.length)]!();
      return this.#send({ path: "/v1/orders/columns", body, sender: null });
    }
    const old = this.#past.filter(({ sender }) => sender!.until < market.period);
    const attacks: readonly (() => unknown)[] = [
      () => ({ ...honest, signature: forged }),
      () => ({ ...honest, quantity: "0.0004", signature: own }),
      () => ({ ...honest, price: "0.0004", signature: own }),
      () => ({ ...honest, side: "offer", signature: own }),
      () => ({ ...honest, participant: `p${(member + 1) % this.#members}`, signature: own }),
      () => ({ ...honest, period: market.period + 1, signature: own }),
      () => ({ ...honest, revision: 251, signature: own }),
      () => {
        const message = old[this.#below(old.length)];
        return message === undefined
          ? "nothing yet"
          : { ...JSON.parse(message.body as string), period: market.period };
      },
      () => ({ ...honest, quantity: odd[this.#below(odd.length)], signature: own }),
      () => ({ ...honest, price: odd[this.#below(odd.length)], signature: own }),
      () => ({ ...honest, revision: [-1, 1.5, 255, 65_535, 2 ** 40, null][this.#below(6)], signature: own }),
      () => ({ ...honest, signature: own.slice(2) }),
      () => `{"participant":"p0","__proto__":{"signature":"${own}"}}`,
      () => `${"[".repeat(5_000)}`,
      () => "x".repeat(70_000),
      () => ({
        contract: { kind: "end", version: 1, from: market.period + 1, contract: `participant/p${member}` },
        signature: forged,
      }),
    ];
    const body = attacks[this.#below(attacks.length)]!();
    const path = ["/v1/orders", "/v1/orders", "/v1/readings", "/v1/contracts", "/v1/orders/columns"][
      this.#below(5)
    ]!;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    await this.#send({ path, body: text, sender: null });
  }

  /** Puts a message on the wire: it may be lost, come twice, late, or behind another. */
  async #send(message: Message): Promise<void> {
    const fate = this.#below(100);
    if (fate < 8) return;
    this.#wire.push(message);
    if (fate < 20) this.#wire.push(message);
    if (fate < 45) return;
    await this.#deliver(1);
  }

  /** Some messages arrive, in any order, two of them sometimes at once. */
  async #deliver(count: number): Promise<void> {
    for (let left = count; left > 0 && this.#wire.length > 0 && this.#process !== null; left -= 1) {
      const both = this.#chance(25) && this.#wire.length > 1;
      const messages = [this.#pick(), ...(both ? [this.#pick()] : [])];
      await this.#run(async ({ service }) => {
        await Promise.all(messages.map((message) => this.#arrive(service, message)));
      });
    }
  }

  #pick(): Message {
    return this.#wire.splice(this.#below(this.#wire.length), 1)[0]!;
  }

  async #arrive(service: Service, { path, body, sender }: Message): Promise<void> {
    const answer = await service.fetch(
      new Request(`http://market.test${path}`, {
        method: "POST",
        headers: {
          "content-type": path.endsWith("columns") ? "application/octet-stream" : "application/json",
        },
        body: body as BodyInit,
      }),
      "10.0.0.1",
    );
    const isJson = answer.headers.get("content-type")?.includes("json");
    const said = (
      isJson ? await answer.json().catch(() => null) : { taken: new Uint8Array(await answer.arrayBuffer()) }
    ) as Record<string, unknown> | null;
    const what = `${path} ${(typeof body === "string" ? body : hex(body)).slice(0, 300)}`;
    promised(sender !== null || answer.status !== 200, `granted: ${what}`);
    if (answer.status >= 500)
      promised(this.#mayStop && disk.struck, `${answer.status} ${JSON.stringify(said)} to ${what}`);
    if (answer.status !== 200) {
      this.counts.refused += 1;
      promised(
        said !== null && ["code", "field", "wanted", "got"].every((name) => typeof said[name] === "string"),
        `no problem document: ${answer.status} ${JSON.stringify(said)} to ${what}`,
      );
      // A market that stopped says nothing of what it took.
      if (answer.status < 500) sender?.refused();
      else await this.#stopped();
      return;
    }
    // The answer may be lost on its way as well.
    if (this.#chance(10)) return;
    await sender!.granted(said!);
  }

  /** A market whose disk failed takes nothing any more: it is started again. */
  async #stopped(): Promise<void> {
    throw new Error("the service says that its market has stopped");
  }

  async #close(): Promise<void> {
    // Most of what was sent is there before the gate falls.
    if (this.#chance(60)) await this.#deliver(this.#wire.length);
    if (this.#process === null) await this.#open();
    this.#now += periodMs;
    this.#say(`close period ${this.#process!.market.period}`);
    // What came in before the gate is looked at while it closes, and what comes in after it while the block is written.
    const isLookedAt = this.#chance(30) && this.#wire.length > 0;
    const meanwhile = this.#chance(30) && this.#wire.length > (isLookedAt ? 1 : 0);
    const sealed = await this.#run(async ({ market, platform, service }) => {
      const before = isLookedAt ? this.#arrive(service, this.#pick()) : Promise.resolve();
      before.catch(() => {});
      for (let turns = isLookedAt ? this.#below(mostTurns) : 0; turns > 0; turns -= 1) await null;
      const closing = market.clearPeriod(this.#now);
      closing.catch(() => {});
      if (meanwhile) await this.#arrive(service, this.#pick());
      await before;
      const { height } = await closing;
      await platform.settled();
      return height + 1;
    });
    if (sealed !== null) this.#sealed = Math.max(this.#sealed, sealed);
    if (this.#process === null) await this.#open();
  }

  /** The auditor reads what is new, after each step. */
  async #look(): Promise<void> {
    if (this.#process === null) return;
    const { store, market } = this.#process;
    promised(store.size >= this.#sealed, `block ${this.#sealed - 1} was sealed and is gone`);
    promised(
      store.size >= this.#auditor.hashes.length,
      `${this.#auditor.hashes.length} blocks were there, now ${store.size}`,
    );
    await this.#run(async () => {
      if (this.#auditor.hashes.length > 0) {
        const height = this.#below(this.#auditor.hashes.length);
        this.#auditor.same(height, (await store.get(height))!);
      }
      for (let height = this.#auditor.hashes.length; height < store.size; height += 1)
        this.#auditor.read((await store.get(height))!);
      for (const { key, version, participant } of this.#auditor.dropped.splice(0)) {
        const isTold = market.proposals
          .of(participant)
          .some((each) => each.key === key && each.version === version && each.status === "dropped");
        promised(isTold, `nobody is told that ${key} was dropped`);
      }
    });
    if (this.#process !== null && this.#chance(10))
      promised(
        market.period === from + store.size,
        `period ${market.period} is open above ${store.size} blocks`,
      );
  }
}

/** A contract begins to hold so many periods after the next at most. */
const mostAhead = 3;
/** The gate may fall so many turns after a request came in: its signature is being checked by then. */
const mostTurns = 120;

/** The same market in one place: without areas, and with nothing made of anything else. */
const withoutPlaces = (contracts: readonly Contract[]): Contract[] =>
  contracts.flatMap((contract): Contract[] => {
    if (contract.kind === "area" || contract.kind === "converter") return [];
    if (contract.kind === "participant") return [{ ...contract, areas: {} }];
    if (contract.kind !== "storage") return [contract];
    const { area: _, ...placed } = contract;
    return [placed];
  });

const ticksOf = (text: string): number => Math.round(Number(text) * 1e6);

/** Numbers as nobody may write them. */
const odd: readonly unknown[] = [
  "-1",
  "NaN",
  "Infinity",
  "1e400",
  "0x10",
  "",
  " 1",
  "1,5",
  "999999999999",
  "0.0000001",
  "+1",
  1,
  null,
  true,
  [],
  {},
];

/** A world that broke a promise: which, and what happened last. */
export class WorldBroken extends Error {
  readonly trail: readonly string[];
  readonly step: number;
  constructor(message: string, trail: readonly string[], step: number) {
    super(message);
    this.trail = trail;
    this.step = step;
  }
}

/** Lives through the world of a seed. Throws {@link WorldBroken} at the first promise that does not hold. */
export async function liveWorld(seed: number, steps: number): Promise<WorldCounts> {
  const world = new World(seed);
  try {
    return await world.live(steps);
  } catch (error) {
    const message = error instanceof Broken ? error.message : `${(error as Error).stack ?? error}`;
    throw new WorldBroken(message, world.trail, world.counts.steps);
  }
}
