/** The period last cleared as a file, put together in turns so that other calls are answered meanwhile. */
import { fail } from "../../errors.js";
import { csvText } from "../../report/export/csvtext.js";
import { t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import { eachTrade } from "./outcome.js";
import { lastScene } from "./period.js";
import type { Scene } from "./scene.js";
import { pause, type Work } from "./work.js";

/** Which file is wanted. */
export interface Wanted {
  readonly type: "csv" | "json";
  readonly settings: Settings;
}

/** Lines that are put together at once: strings of a few megabytes, whatever the size of the file. */
const linesAtOnce = 20_000;

/** Micro ticks as an exact decimal without trailing zeros. */
export function decimal(ticks: number): string {
  const size = Math.abs(ticks);
  const whole = `${ticks < 0 ? "-" : ""}${Math.floor(size / 1_000_000)}`;
  const fraction = size % 1_000_000;
  return fraction === 0 ? whole : `${whole}.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
}

interface Table<Row> {
  readonly count: number;
  row(index: number): Row;
}

interface Trade {
  readonly kind: "pool" | "peer";
  readonly offer: string;
  readonly bid: string;
  /** Decimals, as the price is. */
  readonly quantity: string;
  readonly price: string;
}

/** The trades of a scene as rows. */
function tradesOf(scene: Scene): Table<Trade> {
  const columns: { pool: boolean; offer: number; bid: number; quantity: number; price: number }[] = [];
  eachTrade(scene, (pool, offer, bid, quantity, price) =>
    columns.push({ pool, offer, bid, quantity, price }),
  );
  return {
    count: columns.length,
    row(index) {
      const { pool, offer, bid, quantity, price } = columns[index]!;
      return {
        kind: pool ? "pool" : "peer",
        offer: scene.market.offerOwner(offer).name,
        bid: scene.market.bidOwner(bid).name,
        quantity: decimal(quantity),
        price: decimal(price),
      };
    },
  };
}

/** The orders of a scene as rows, offers first: side, name, quantity, price. */
function ordersOf({ market }: Scene): Table<Record<string, string>> {
  const { offers, bids } = market;
  return {
    count: offers.price.length + bids.price.length,
    row(index) {
      const sells = index < offers.price.length;
      const place = sells ? index : index - offers.price.length;
      const columns = sells ? offers : bids;
      return {
        side: sells ? "offer" : "bid",
        name: (sells ? market.offerOwner(place) : market.bidOwner(place)).name,
        quantity: decimal(columns.quantity[place]!),
        price: decimal(columns.price[place]!),
      };
    },
  };
}

/**
 * The period last cleared, whatever its size: its trades as CSV, or its orders and trades as JSON. Decimals are exact.
 * Tells the part that is done. Throws `state` before the first period.
 */
export async function file({ tell, signal }: Work<number>, { type, settings }: Wanted): Promise<Blob> {
  const scene = lastScene();
  if (scene === null) return fail("state", "period", t`one that has been cleared`, t`none`);
  const trades = tradesOf(scene);
  const orders = ordersOf(scene);
  const all = trades.count + (type === "json" ? orders.count : 0);
  let done = 0;
  const lines = async (
    table: Table<unknown>,
    line: (index: number) => string,
    between: string,
  ): Promise<string[]> => {
    const parts: string[] = [];
    for (let from = 0; from < table.count; from += linesAtOnce) {
      const size = Math.min(linesAtOnce, table.count - from);
      const text = Array.from({ length: size }, (_, index) => line(from + index)).join(between);
      parts.push(from > 0 ? between + text : text);
      done += size;
      tell(done / all);
      await pause(signal);
    }
    return parts;
  };
  if (type === "csv") {
    const line = ({ kind, offer, bid, quantity, price }: Trade): string =>
      `${kind},${csvText(offer)},${csvText(bid)},${quantity},${price}`;
    const rows = await lines(trades, (index) => line(trades.row(index)), "\r\n");
    return new Blob(["kind,offer,bid,quantity,price\r\n", ...rows, rows.length > 0 ? "\r\n" : ""], {
      type: "text/csv",
    });
  }
  const json = (table: Table<unknown>) => lines(table, (index) => JSON.stringify(table.row(index)), ",\n");
  const head = `{"settings":${JSON.stringify(settings)},\n"orders":[\n`;
  return new Blob([head, ...(await json(orders)), '],\n"trades":[\n', ...(await json(trades)), "]}\n"], {
    type: "application/json",
  });
}
