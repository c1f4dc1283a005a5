/**
 * A member of a market that somebody else serves: signs and sends orders, keeps the receipts, follows the market, and
 * believes nothing of it. Every receipt is checked when it comes and held against the block when that is sealed, and
 * every head must extend the last.
 */
import { fromHex, hex, sameBytes } from "../bytes.js";
import { identifier, needMethods, object, onlyKeys } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import type { Block } from "../ledger/format/block.js";
import { encodeCanonical, type Json } from "../ledger/format/canonical.js";
import { blockHash, encodeHeader, marketId } from "../ledger/format/header.js";
import { checkSignatures } from "../ledger/keys/backend.js";
import { orderStatement } from "../ledger/keys/message.js";
import type { OpenedBundle } from "../ledger/proof/bundle.js";
import type { Contradiction } from "../ledger/proof/contradiction.js";
import { isReceiptSigned, type Receipt, receiptFromJson } from "../ledger/proof/receipt.js";
import { LightClient } from "../ledger/service/client.js";
import type { Ask } from "../ledger/service/server.js";
import { checkHasher } from "../ledger/tree/hasher.js";
import { type Carrier, parseTick, type Tick } from "../units.js";
import { readEvents, type SentEvent } from "./events.js";
import { billPath, memberOf } from "./member.js";
import { type ClientEvent, type ClientOptions, optionNames } from "./options.js";
import { type ClientOrder, recordOf, type SentOrder } from "./order.js";
import { type Proving, provedBlock, provedRecords, recordsPath } from "./proved.js";
import { Requests, type Signer } from "./requests.js";

/** How long to wait before a stream that ended is opened again. */
const againMs = 1_000;

/** A member's side of a market that is served. */
export class MarketClient {
  readonly marketId: Uint8Array;
  readonly #options: ClientOptions;
  readonly #requests: Requests;
  readonly #light: LightClient;
  readonly #platformKey: Uint8Array;
  /** The period of genesis. */
  readonly #first: number;
  /** Who signs for its own part of the events; of an open market everybody is told everything. */
  readonly #reader: Signer | undefined;
  readonly #ticks: { readonly quantity: Tick; readonly price: Tick };
  /** Who signs, and its number in records; null for a client that only watches. */
  readonly #member: (Signer & { readonly number: number }) | null;
  /** By carrier: the revision of the next order, and the period that it is for. */
  readonly #revisions = new Map<Carrier, { period: number; next: number }>();
  /** The order under way; the next is signed after it, as its revision follows. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The order to which no answer came. */
  #unanswered: SentOrder | null = null;
  /** Receipts that no verified block has kept yet. */
  readonly #pending = new Set<Receipt>();

  private constructor(
    options: ClientOptions,
    requests: Requests,
    contract: Json,
    id: Uint8Array,
    member: (Signer & { readonly number: number }) | null,
  ) {
    const { hasher, signatures, note } = options;
    const fields = object(contract, "contract");
    this.#options = options;
    this.#requests = requests;
    this.marketId = id;
    this.#member = member;
    this.#first = Number(fields.from);
    this.#reader = fields.privacy === "private" ? (member ?? undefined) : undefined;
    this.#platformKey = fromHex(fields.platformKey, "contract.platformKey");
    this.#ticks = {
      quantity: parseTick(fields.quantityTick, "contract.quantityTick"),
      price: parseTick(fields.priceTick, "contract.priceTick"),
    };
    const platformKey = this.#platformKey;
    this.#light = new LightClient({
      hasher,
      signatures,
      marketId: id,
      platformKey,
      ...(note === undefined ? {} : { note }),
    });
  }

  /**
   * Meets the market of a service. Throws `corrupt` when it is another than expected or its contract is not what its id
   * says, and, with `signature`, for a head that its platform did not sign or that does not extend the one seen.
   */
  static async open(options: ClientOptions): Promise<MarketClient> {
    onlyKeys(options, "options", [...optionNames]);
    checkHasher(options.hasher);
    checkSignatures(options.signatures);
    const { participant, key } = options;
    if (participant !== undefined || key !== undefined) needMethods(key, "key", "a signing key", ["sign"]);
    if (key !== undefined) identifier(participant, "participant");
    const requests = new Requests(options);
    const said = object(await requests.get("/v1/market"), "market");
    const contract = object(said.contract, "market.contract") as Json;
    const id = marketId(encodeCanonical(contract), options.hasher);
    const wanted = options.marketId ?? fromHex(said.id, "market.id");
    if (!sameBytes(id, wanted)) fail("corrupt", "market", hex(wanted), hex(id));
    const signer = participant === undefined || key === undefined ? null : { marketId: id, participant, key };
    const member =
      signer === null ? null : { ...signer, number: Number((await memberOf(requests, signer)).number) };
    const client = new MarketClient(options, requests, contract, id, member);
    await client.#light.update(client.#ask);
    return client;
  }

  /** The newest verified head as it was served: to be kept for the next time. */
  get note(): string | null {
    return this.#light.note;
  }

  /** What the service says is this member's balance, in the market's currency. Throws as {@link MarketClient.order}. */
  async balance(): Promise<string> {
    const member =
      this.#member ?? fail("state", "balance", "a client with participant and key", "one without");
    const { balance } = await memberOf(this.#requests, member);
    return typeof balance === "string" ? balance : fail("corrupt", "member.balance", "a decimal", balance);
  }

  /**
   * What the service says is this member's bill of a month (`2026-07`), as `gridclear bill --json` has it. It is not
   * checked: what it has to be follows from the member's bundle (`bill` of `gridclear/bill`). Throws as
   * {@link MarketClient.order}.
   */
  async bill(month: string): Promise<{ readonly [name: string]: unknown }> {
    const member = this.#member ?? fail("state", "bill", "a client with participant and key", "one without");
    return object(await this.#requests.get(billPath(member, month), member), "bill");
  }

  /** The same as a page, with the proofs that it follows from: a browser checks them by it, offline. */
  async billPage(month: string): Promise<string> {
    const member =
      this.#member ?? fail("state", "billPage", "a client with participant and key", "one without");
    return this.#requests.text(`${billPath(member, month)}&format=html`, member);
  }

  /**
   * The block of a height with all its records, under the newest head that was verified. Throws `corrupt` for one that
   * is not what the head covers, `state` where its records are not everybody's or were erased, `storage` without an
   * answer.
   */
  block(height: number): Promise<Block> {
    return provedBlock(this.#proving, height);
  }

  /**
   * The records of a member in the blocks from a height to behind the last, each with its proof, under the newest head
   * that was verified; of a private market for that member alone. Throws `corrupt` for what the head does not cover,
   * and what the service refuses it for.
   */
  async records(participant: string, from: number, to: number): Promise<OpenedBundle> {
    const text = await this.#requests.text(recordsPath(participant, from, to), this.#member ?? undefined);
    return provedRecords(this.#proving, text, participant, { from, to });
  }

  get #proving(): Proving {
    const { hasher } = this.#options;
    return {
      ask: this.#ask,
      prove: async (height) => (await this.#light.prove(this.#ask, height)).header,
      hasher,
    };
  }

  /** Receipts that wait for their block. */
  get pending(): readonly Receipt[] {
    return [...this.#pending];
  }

  /**
   * Signs an order for the open period, sends it, again where no answer came, and checks the receipt. One to which none
   * came at all is asked for again before the next is signed. Throws what the service refused it for, `conflict` when
   * its period closed meanwhile, `corrupt` for a receipt of something else,
   * `signature` for one that the platform did not sign.
   */
  order(order: ClientOrder): Promise<Receipt> {
    const receipt = this.#turn.then(() => this.#order(order));
    this.#turn = receipt.catch(() => {});
    return receipt;
  }

  async #order(order: ClientOrder): Promise<Receipt> {
    const member = this.#member ?? fail("state", "order", "a client with participant and key", "one without");
    await this.#askAgain();
    const { participant } = member;
    const { period, revision } = await this.#place(order.carrier, member);
    const record = recordOf(order, { participant: member.number, revision }, this.#ticks);
    const signature = hex(await member.key.sign(orderStatement(this.marketId, period, record)));
    const sent = { body: { ...order, participant, revision, period, signature }, period, record };
    try {
      const receipt = await this.#send(sent);
      this.#revisions.set(order.carrier, { period, next: revision + 1 });
      return receipt;
    } catch (error) {
      // What the service has of it is not known: it is asked for again before anything else is signed.
      this.#revisions.delete(order.carrier);
      if (error instanceof GridclearError && error.code === "storage") this.#unanswered = sent;
      throw error;
    }
  }

  /** Sends a signed order and checks its receipt. */
  async #send({ body, period, record }: SentOrder): Promise<Receipt> {
    const { signatures, hasher } = this.#options;
    const answer = object(await this.#requests.post("/v1/orders", body), "answer");
    const receipt = receiptFromJson(answer.receipt);
    const isOurs = sameBytes(receipt.marketId, this.marketId) && receipt.period === period;
    if (!isOurs || !sameBytes(receipt.order, record))
      fail("corrupt", "receipt", "one for the order that was sent", hex(receipt.order));
    if (!(await isReceiptSigned(receipt, this.#platformKey, signatures, hasher)))
      fail("signature", "receipt", "the platform's signature", hex(receipt.signature));
    this.#pending.add(receipt);
    return receipt;
  }

  /** Sends again an order to which no answer came, so that it isn't forgotten if it was taken. */
  async #askAgain(): Promise<void> {
    if (this.#unanswered === null) return;
    try {
      await this.#send(this.#unanswered);
    } catch (error) {
      if (!(error instanceof GridclearError) || ["storage", "corrupt"].includes(error.code)) throw error;
      // It was not taken.
    }
    this.#unanswered = null;
  }

  /**
   * Follows the market until `signal` is aborted, from behind the event `after` or from now on: what the service tells,
   * of a private market this member's own orders and trades with what is everybody's, and after each block what this
   * client has verified of it. A line that breaks is opened again and goes on without a gap. After a lie nothing more
   * comes.
   */
  async *follow(signal: AbortSignal, after?: string): AsyncGenerator<ClientEvent> {
    for (let last = after; !signal.aborted; ) {
      try {
        const query = last === undefined ? "" : `?after=${encodeURIComponent(last)}`;
        const stream = await this.#requests.stream(`/v1/events${query}`, signal, this.#reader);
        for await (const event of readEvents(stream)) {
          if (event.id !== null) last = event.id;
          yield { ...event, kind: "event" };
          if (event.event !== "block") continue;
          const learnt = await this.#verify(event);
          yield learnt;
          if (learnt.kind === "lie") return;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof GridclearError && !["storage", "state"].includes(error.code)) throw error;
      }
      await new Promise((go) => setTimeout(go, againMs));
    }
  }

  /** Judges all receipts that wait, under the newest head: those that are kept. Throws `corrupt` for a broken one. */
  async judge(): Promise<Receipt[]> {
    await this.#light.update(this.#ask);
    const kept: Receipt[] = [];
    let broken: string | null = null;
    for (const receipt of this.#pending) {
      const { verdict, reason } = await this.#light.judge(this.#ask, receipt);
      if (verdict === "kept") kept.push(receipt);
      if (verdict === "kept") this.#pending.delete(receipt);
      else if (verdict !== "not yet") broken ??= reason;
    }
    // All are judged before the first that was broken is told.
    if (broken !== null) fail("corrupt", "receipt", "an order where it was promised", broken);
    return kept;
  }

  /** What shows the last lie to anybody; null when there was none, or none that can be shown. */
  get contradiction(): Contradiction | null {
    return this.#light.contradiction;
  }

  async #verify({ data }: SentEvent): Promise<ClientEvent> {
    try {
      const { height, hash } = object(data, "event") as { height: number; hash: string };
      await this.#covering(height);
      const { header } = await this.#light.prove(this.#ask, height);
      const found = hex(blockHash(encodeHeader(header), this.#options.hasher));
      if (found !== hash) fail("corrupt", `block ${height}`, hash, found);
      return { kind: "verified", size: this.#light.head!.size, kept: await this.judge() };
    } catch (error) {
      // A line that broke is no lie: the next block shows as much.
      if (!(error instanceof GridclearError) || error.code === "storage" || error.code === "state")
        throw error;
      return { kind: "lie", error, contradiction: this.contradiction };
    }
  }

  /** Updates until the head covers a block: it is signed a moment after the block is told. */
  async #covering(height: number): Promise<void> {
    for (let tried = 0; tried < 50; tried += 1) {
      const { size } = await this.#light.update(this.#ask);
      if (size > height) return;
      await new Promise((go) => setTimeout(go, 20 + 20 * tried));
    }
    // Late is no lie: a head that comes later has to cover this block as well.
    fail("storage", "head", `one that covers block ${height}, which was told`, this.#light.head?.size);
  }

  get #ask(): Ask {
    return this.#requests.ledgerOf(this.#member ?? undefined);
  }

  /** The open period, and the revision of the next order in it. */
  async #place(carrier: Carrier, signer: Signer): Promise<{ period: number; revision: number }> {
    const { period } = object(await this.#requests.get("/v1/market"), "market") as { period: number };
    await this.#needOpen(period);
    const known = this.#revisions.get(carrier);
    if (known?.period === period) return { period, revision: known.next };
    const { revisions } = await memberOf(this.#requests, signer);
    return { period, revision: Number(object(revisions, "member.revisions")[carrier] ?? 0) };
  }

  /**
   * Throws `corrupt` unless a period follows the blocks that the newest head covers, or is the one after, while a block
   * is on its way: an order signed for a period to come could be kept and used then.
   */
  async #needOpen(period: number): Promise<void> {
    const open = (): number => this.#first + (this.#light.head?.size ?? 0);
    const isOpen = (): boolean => period === open() || period === open() + 1;
    if (!isOpen()) await this.#light.update(this.#ask);
    if (!isOpen()) fail("corrupt", "market.period", `${open()}, which follows the newest head`, period);
  }
}
