/** Takes a person's file: reads it in turns, so that every other call is answered meanwhile, and keeps its orders. */
import { fail } from "../../../errors.js";
import { type Carrier, carriers } from "../../../units.js";
import { t } from "../../say.js";
import type { Market } from "../market.js";
import { pause, type Work } from "../work.js";
import { type Encoding, NotUtf8, textOf } from "./decode.js";
import { OrderReader, type OwnOrders } from "./orders.js";

/** Largest file that is read, in bytes. */
export const mostBytes = 64 * 1024 * 1024;

/** A file, and the number under which its orders are asked for afterwards. */
export interface BringInput {
  readonly number: number;
  readonly file: Blob;
  readonly encoding: Encoding;
}

/** The part of the file that has been read, from 0 to 1. */
export type BringProgress = number;

/** What came of it: the orders were taken, or the person has to say in which encoding they are. */
export type Brought =
  | {
      readonly kind: "taken";
      readonly count: number;
      readonly carriers: readonly Carrier[];
      readonly notes: readonly string[];
    }
  | { readonly kind: "encoding"; readonly line: number; readonly sample: string };

let kept: { readonly number: number; readonly orders: OwnOrders } | null = null;

/** Reads a file. What was kept before stays until the new one has been read whole. */
export async function bring(
  { tell, signal }: Work<BringProgress>,
  { number, file, encoding }: BringInput,
): Promise<Brought> {
  if (file.size > mostBytes)
    return fail(
      "limit",
      "file",
      t`at most ${mostBytes / 1024 / 1024} MiB`,
      `${Math.ceil(file.size / 1024 / 1024)} MiB`,
    );
  const reader = new OrderReader();
  try {
    for await (const { text, part } of textOf(file, encoding)) {
      reader.add(text);
      tell(part);
      await pause(signal);
    }
  } catch (error) {
    if (error instanceof NotUtf8) return { kind: "encoding", line: error.line, sample: error.sample };
    throw error;
  }
  const orders = reader.end();
  kept = { number, orders };
  return {
    kind: "taken",
    count: orders.count,
    carriers: carriers.filter((carrier) => orders.sheets.has(carrier)),
    notes: [...orders.notes, ...(encoding === "windows-1252" ? [t`Read as Windows-1252.`] : [])],
  };
}

/** The market of a file's orders of one carrier. Throws `state` where the worker does not keep that file. */
export function marketOfOwn(number: number, carrier: Carrier): Market {
  if (kept === null || kept.number !== number)
    return fail("state", "file", t`the file that was read last`, t`another: choose it again`);
  const sheet = kept.orders.sheets.get(carrier);
  if (sheet === undefined)
    return fail("invalid", "carrier", [...kept.orders.sheets.keys()].join(", "), carrier);
  const owner = (ids: readonly string[]) => (index: number) => ({
    name: ids[index]!,
    kind: t`from your file`,
  });
  return {
    offers: {
      quantity: sheet.offers.quantity,
      price: sheet.offers.price,
      poolLimit: sheet.offers.price,
      consent: new Uint8Array(sheet.offers.price.length).fill(1),
    },
    bids: { quantity: sheet.bids.quantity, price: sheet.bids.price, poolLimit: sheet.bids.price },
    lots: { quantity: new Uint32Array(0), price: new Int32Array(0) },
    offerOwner: owner(sheet.offers.id),
    bidOwner: owner(sheet.bids.id),
  };
}
