/**
 * Who asks: a request for what is not everybody's is signed by a key, with the moment up to which that is good. Nothing
 * is kept between requests, so there are no sessions to steal.
 */
import { fromHex, hex } from "../bytes.js";
import { fail } from "../errors.js";
import { decodeRecords } from "../ledger/format/layout.js";
import { orderLayout } from "../ledger/format/records.js";
import { recordsRoot } from "../ledger/format/sections.js";
import { parseAuthorization } from "../ledger/keys/authorization.js";
import type { Signatures } from "../ledger/keys/backend.js";
import { batchStatement, readStatement } from "../ledger/keys/message.js";
import { plainHasher } from "../ledger/tree/plain.js";
import type { BatchProof } from "../market/intake/request.js";
import type { LoggedMarket } from "../market/logged.js";
import type { View } from "./events.js";

/** What access is judged by. */
export interface AccessParts {
  readonly market: LoggedMarket;
  readonly signatures: Signatures;
  /** Public keys of those who see everything, in hexadecimal. */
  readonly auditors: ReadonlySet<string>;
  /** Public key of the operator, who sees everything too; null: there is none. */
  readonly operator: string | null;
  /** How far ahead an expiry may lie. */
  readonly readMs: number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Who asks: nobody in particular, a member, or an auditor, whom the operator is one of. */
export type Asker =
  | { readonly kind: "anybody" }
  | { readonly kind: "auditor"; readonly isOperator: boolean }
  | { readonly kind: "member"; readonly participant: string };

/** Tells who asks. */
export class Access {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /**
   * Who signed a request, by its header `Authorization: Gridclear key=HEX,until=MS,participant=ID,signature=HEX` over
   * {@link readStatement} of `METHOD PATH`. The id is percent-encoded; an auditor leaves it out. Throws `invalid` for
   * another header, `signature` for one that is not good, or not any more.
   */
  async asker(authorization: string | undefined, request: string): Promise<Asker> {
    if (authorization === undefined) return { kind: "anybody" };
    const { key: given, untilMs, participant, signature } = parseAuthorization(authorization);
    const key = hex(given);
    const { market, signatures, auditors, operator, readMs, now } = this.#parts;
    if (untilMs < now()) fail("signature", "Authorization.until", "a moment that is not past", untilMs);
    if (untilMs > now() + readMs)
      fail("signature", "Authorization.until", `at most ${readMs} ms from now`, untilMs);
    const statement = readStatement(market.id, untilMs, request);
    if (!(await signatures.verify(given, statement, signature)))
      fail("signature", "Authorization.signature", `one over ${request}`, key);
    if (participant === null)
      return auditors.has(key) || key === operator
        ? { kind: "auditor", isOperator: key === operator }
        : fail("signature", "Authorization.key", "an auditor's, or a participant with it", key);
    return { kind: "member", participant: this.#member(participant, key) };
  }

  #member(participant: string, key: string): string {
    return this.#parts.market.state.contractOf(participant)?.key === key
      ? participant
      : fail("signature", "Authorization.participant", "one with this key", participant);
  }

  /** Throws `signature` unless a participant signed a statement, in the same words where there is none of that id. */
  async needSigned(participant: string, statement: Uint8Array, signature: Uint8Array): Promise<void> {
    if (!(await this.isSigned(participant, statement, signature)))
      fail("signature", "order.signature", `one of ${participant}`, hex(signature));
  }

  /** Whether a participant signed a statement. */
  async isSigned(participant: string, statement: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const key = this.#parts.market.state.contractOf(participant)?.key;
    return key !== undefined && this.#parts.signatures.verify(fromHex(key, "key"), statement, signature);
  }

  /**
   * Throws `signature` unless the gateway of all participants of these records signed them for a period, in the words
   * in which the market says so.
   */
  async needGateway(period: number, records: Uint8Array, { gateway, signature }: BatchProof): Promise<void> {
    const { market, signatures } = this.#parts;
    for (const number of new Set(decodeRecords(orderLayout, records).map(({ participant }) => participant)))
      if (market.state.contractOf(market.state.participant(number) ?? "")?.gateway !== hex(gateway))
        fail("signature", "batch.gateway", `the gateway of participant ${number}`, "another key");
    const root = recordsRoot(orderLayout, records, plainHasher);
    const statement = batchStatement(market.id, period, records.length / orderLayout.bytes, root);
    if (!(await signatures.verify(gateway, statement, signature)))
      fail("signature", "batch.signature", "a valid signature", "one that is not");
  }

  /** Throws `signature` unless the operator asks. */
  needOperator(asker: Asker): void {
    if (asker.kind !== "auditor" || !asker.isOperator)
      fail("signature", "Authorization", "the operator's", asker.kind);
  }

  /** Throws `signature` unless an auditor asks. */
  needAuditor(asker: Asker): void {
    if (asker.kind !== "auditor") fail("signature", "Authorization", "an auditor's", asker.kind);
  }

  /** What of the events who asks is shown: of an open market everything, whoever it is. */
  viewOf(asker: Asker): View {
    const { market } = this.#parts;
    if (market.contract.privacy !== "private" || asker.kind === "auditor") return "everything";
    if (asker.kind === "anybody") return "public";
    return market.participantNumber(asker.participant) ?? "public";
  }

  /** Throws `signature` unless who asks may see all of a participant's records. */
  needOf(asker: Asker, participant: string): void {
    const isOpen = this.#parts.market.contract.privacy !== "private";
    const isOwn = asker.kind === "member" && asker.participant === participant;
    if (!isOpen && !isOwn && asker.kind !== "auditor")
      fail("signature", "Authorization", `one of ${participant}, or an auditor's`, asker.kind);
  }
}
