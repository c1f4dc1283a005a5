/**
 * A market under the topics of a broker. What comes in is handed to the routes of the service, as if it had come over
 * HTTP, so that the same is checked, counted and acknowledged; what goes out is read from the ledger, after each block.
 * The market waits for none of this.
 */
import { fromUtf8, hex } from "../../bytes.js";
import { object } from "../../check.js";
import { type Block, decodeBlock, isPrivate, isWithheld } from "../../ledger/format/block.js";
import { decodeHeader } from "../../ledger/format/header.js";
import type { Contract } from "../../market/contracts/contracts.js";
import type { Platform } from "../../market/platform.js";
import { type Carrier, carriers } from "../../units.js";
import { namesOf, ownTrades, periodDocument } from "../documents.js";
import { nextTurn } from "../nextturn.js";
import { type Problem, problem } from "../problems.js";
import { Rates } from "../rates.js";
import type { Service } from "../service.js";
import type { ServiceLimits } from "../settings.js";
import { comingDocument, limitsDocument } from "./documents.js";
import { type BrokerLine, Outbox } from "./outbox.js";
import { type Bought, boughtIn, Day, meanPrice } from "./prices.js";

/** What a bridge stands between. */
export interface BridgeParts {
  readonly service: Pick<Service, "fetch">;
  readonly platform: Platform;
  readonly prefix: string;
  /** Whether what is one member's own goes to the broker. */
  readonly memberTopics: boolean;
  readonly limits: ServiceLimits;
  /** Milliseconds since 1970. */
  now(): number;
  /** Called with what stopped it from telling; the market goes on. */
  failed(error: unknown): void;
}

/** What may come in, by the level of its topic, and the route that takes it. */
const routes: ReadonlyMap<string, string> = new Map([
  ["orders", "/v1/orders"],
  ["readings", "/v1/readings"],
  ["contracts", "/v1/contracts"],
]);

interface Incoming {
  readonly kind: string;
  readonly route: string;
  /** The name in the topic. */
  readonly name: string;
}

/** A market on a broker, whoever has the line to it. */
export class MqttBridge {
  readonly outbox: Outbox = new Outbox();
  readonly #parts: BridgeParts;
  readonly #day: Day;
  /** What is beyond is dropped here: the service lets a refusal wait, and a broker has one line for everybody. */
  readonly #rates: Rates;
  /** Listening to the market, to be ended. */
  readonly #stop: (() => void)[];
  /** Height of the next block to tell of. */
  #next: number;
  #telling = false;
  /** Carriers that nothing happened to in the last period told of. */
  readonly #quiet = new Set<Carrier>();
  /** Members whose trades of the last period told of are under their topic. */
  #traded = new Set<number>();
  /** Members whose limits changed since they were told; null: of everybody. */
  #limits: Set<string> | null = null;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
    this.#rates = new Rates(parts.limits, parts.now);
    const { market } = parts.platform;
    const { periodMs } = market.contract;
    this.#day = new Day(periodMs, market.ticks.price);
    const aDay = Math.ceil(86_400_000 / periodMs);
    this.#next = Math.max(0, market.store.size - Math.min(aDay, parts.limits.history));
    this.#put("status", "online");
    this.#put("market", { id: hex(market.id), contract: market.contract });
    this.#stop = [
      market.on("cleared", () => this.#tellPeriod()),
      market.on("sealed", () => void this.#tell()),
      market.on("contract", ({ contract }) => this.#changed(contract)),
    ];
    this.#tellPeriod();
    void this.#tell();
  }

  /** The topics of what comes in, with wildcards. */
  get subscriptions(): string[] {
    return [...routes.keys()].map((kind) => `${this.#parts.prefix}/in/${kind}/+`);
  }

  /** The topic that says whether the market is there, and what it says when it is not any more. */
  get status(): { readonly topic: string; readonly offline: string } {
    return { topic: `${this.#parts.prefix}/status`, offline: "offline" };
  }

  /** The line to the broker is open. */
  opened(line: BrokerLine): void {
    this.outbox.opened(line);
  }

  /** The line is gone; what changes meanwhile is sent when the next is open. */
  broken(): void {
    this.outbox.broken();
  }

  /** Tells nothing more. */
  close(): void {
    for (const stop of this.#stop) stop();
    this.outbox.broken();
  }

  /**
   * Takes a message: resolves when it was answered, and never rejects. The answer is under the topic `replies/NAME`; of
   * a message under another topic, and of one that comes too often, there is none.
   */
  async take(topic: string, payload: Uint8Array): Promise<void> {
    const incoming = this.#incoming(topic);
    if (incoming === null) return;
    const { name, kind, route } = incoming;
    const { service, limits, platform } = this.#parts;
    // Names that nobody has share one allowance: whoever makes them up gets no more for it.
    const isKnown = platform.market.participantNumber(name) !== undefined;
    const address = isKnown ? `mqtt ${name}` : "mqtt";
    if (this.#rates.take(address) > 0) return;
    const most = limits.jsonBytes;
    if (payload.length > most)
      return this.#refuse(name, null, problem(413, "limit", "message", `at most ${most} bytes`, "more"));
    const text = fromUtf8(payload) ?? "";
    const { participant, signature } = fieldsOf(text);
    if (kind !== "contracts" && participant !== null && participant !== name) {
      const wanted = `${name}, whose topic it is`;
      return this.#refuse(name, signature, problem(400, "invalid", "participant", wanted, participant));
    }
    const request = new Request(`http://mqtt${route}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: text,
    });
    const answer = await service.fetch(request, address);
    const said = await answer.json();
    if (answer.status === 200) this.#reply(name, { request: signature, status: 200 }, said);
    else this.#refuse(name, signature, said);
  }

  #incoming(topic: string): Incoming | null {
    const { prefix } = this.#parts;
    if (!topic.startsWith(`${prefix}/in/`)) return null;
    const [kind = "", encoded = "", ...more] = topic.slice(prefix.length + "/in/".length).split("/");
    const route = routes.get(kind);
    const name = decoded(encoded);
    return route === undefined || name === "" || more.length > 0 ? null : { kind, route, name };
  }

  #refuse(name: string, request: string | null, said: Problem): void {
    const { memberTopics } = this.#parts;
    // What was wanted and got may say what a member's own is.
    const reason = memberTopics ? { problem: said } : {};
    this.#reply(name, { request, status: said.status, code: said.code }, reason);
  }

  /** Replies; `own` is the member's own. */
  #reply(name: string, said: object, own: object): void {
    const { prefix, memberTopics } = this.#parts;
    const reply = memberTopics ? { ...own, ...said } : said;
    this.outbox.reply(`${prefix}/replies/${encodeURIComponent(name)}`, JSON.stringify(reply));
  }

  #put(topic: string, said: object | string): void {
    const payload = typeof said === "string" ? said : JSON.stringify(said);
    this.outbox.put(`${this.#parts.prefix}/${topic}`, payload);
  }

  #tellPeriod(): void {
    const { market } = this.#parts.platform;
    this.#put("period", {
      period: market.period,
      closesMs: market.gateClosureMs,
      periodMs: market.contract.periodMs,
    });
  }

  /** Reads blocks that are not told of, one after the other, however many came meanwhile. */
  async #tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    const { market } = this.#parts.platform;
    try {
      for (; this.#next < market.store.size; this.#next += 1) {
        const bytes = await market.store.get(this.#next);
        if (bytes !== null) await this.#tellBlock(bytes, this.#next === market.store.size - 1);
      }
      this.#tellPeriod();
      await this.#tellTerms();
    } catch (error) {
      this.#parts.failed(error);
    } finally {
      this.#telling = false;
    }
  }

  async #tellBlock(bytes: Uint8Array, isNewest: boolean): Promise<void> {
    const { market } = this.#parts.platform;
    const header = decodeHeader(bytes);
    const block = isWithheld(header, bytes) ? null : decodeBlock(bytes);
    const shown = isPrivate(header) ? null : block;
    const bought = shown === null ? new Map<Carrier, Bought>() : boughtIn(shown);
    if (shown !== null) this.#day.add(header.timestampMs, bought);
    if (!isNewest) return;
    const { period, hash, timestampMs, ...rest } = periodDocument(bytes, shown, namesOf(market));
    const start = new Date(timestampMs - market.contract.periodMs).toISOString();
    const end = new Date(timestampMs).toISOString();
    for (const carrier of carriers) {
      if (shown !== null) this.#put(`day/${carrier}`, this.#day.slots(carrier));
      const { energy = null, prices = null } = rest.carriers[carrier] ?? {};
      if (energy !== null) this.#quiet.delete(carrier);
      else if (this.#quiet.has(carrier)) continue;
      else this.#quiet.add(carrier);
      const sum = bought.get(carrier);
      const value = sum === undefined ? null : meanPrice(sum, market.ticks.price);
      this.#put(`prices/${carrier}`, { period, start, end, value, ...prices, energy });
    }
    if (this.#parts.memberTopics && block !== null) await this.#tellTrades(period, block);
  }

  async #tellTrades(period: number, block: Block): Promise<void> {
    const { market } = this.#parts.platform;
    const trades = ownTrades(block, market.ticks);
    await inTurns(new Set([...this.#traded, ...trades.keys()]), (number) => {
      const name = market.state.participant(number);
      if (name !== null) this.#put(`${member(name)}/trades`, { period, trades: trades.get(number) ?? [] });
    });
    this.#traded = new Set(trades.keys());
  }

  #changed(contract: Contract): void {
    if (contract.kind === "participant") this.#limits?.add(contract.id);
    else if ((contract.kind === "supply" || contract.kind === "use") && contract.participant !== undefined)
      this.#limits?.add(contract.participant);
    else if (contract.kind === "supply" || contract.kind === "use" || contract.kind === "end")
      this.#limits = null;
  }

  async #tellTerms(): Promise<void> {
    const { memberTopics, platform } = this.#parts;
    const { market } = platform;
    for (const carrier of carriers) this.#put(`coming/${carrier}`, comingDocument(market, carrier));
    if (!memberTopics) return;
    const changed = this.#limits ?? market.state.participants;
    this.#limits = new Set();
    await inTurns(changed, (name) => this.#put(`${member(name)}/limits`, limitsDocument(market, name)));
  }
}

/** Members that are told of in one turn of the event loop. */
const membersATurn = 32;

/** Does something for each member, for some a turn. */
async function inTurns<T>(members: Iterable<T>, act: (member: T) => void): Promise<void> {
  let count = 0;
  for (const one of members) {
    count += 1;
    if (count % membersATurn === 0) await nextTurn();
    act(one);
  }
}

/** The topic of a member, whose name may hold what topics keep for themselves. */
const member = (name: string): string => `members/${encodeURIComponent(name)}`;

/** The name of a level; empty where it is none. */
function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return "";
  }
}

/** Of a message in JSON, by whom it says that it is, and the signature, by which its reply is known. */
function fieldsOf(text: string): { readonly participant: string | null; readonly signature: string | null } {
  const own = (value: unknown): string | null => (typeof value === "string" ? value.slice(0, 200) : null);
  try {
    const { participant, signature } = object(JSON.parse(text), "message");
    return { participant: own(participant), signature: own(signature) };
  } catch {
    return { participant: null, signature: null };
  }
}
