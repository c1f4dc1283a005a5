/** A market that keeps what it acknowledges: the type of its answers. */
import type { Carrier } from "../units.js";
import type { Contract } from "./contracts/contracts.js";
import type {
  BatchProof,
  BatchResult,
  Order,
  OrderBatch,
  OrderResult,
  Reading,
  Refused,
  SignedResult,
  Taken,
} from "./intake/request.js";
import type { Market } from "./market.js";

/**
 * What a market opened with `log` answers: every request by a promise, with a signature or without, once it is on the
 * disk.
 */
interface LoggedRequests {
  submit(order: Order, signature?: Uint8Array): Promise<OrderResult>;
  withdraw(participant: string, carrier: Carrier, signature?: Uint8Array): Promise<OrderResult>;
  submitColumns(batch: OrderBatch): Promise<BatchResult>;
  submitColumns(batch: OrderBatch, proof: BatchProof): Promise<SignedResult | Refused>;
  propose(contract: Contract, signature?: Uint8Array): Promise<Taken>;
  report(reading: Reading, signature?: Uint8Array): Promise<Taken>;
}

/**
 * A market opened with `log: true`. It acknowledges nothing before the store's log has it on the disk, so every request
 * is answered by a promise: an order, a reading or a contract whose promise resolved to `accepted` is there after a
 * crash. Answers come in the order of the requests, each numbered when it was asked for. A promise that rejects says
 * that the disk failed and the market stopped: whether the request counts shows when the market is opened again.
 */
export type LoggedMarket = LoggedRequests & Market;
