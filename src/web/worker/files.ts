import { formatTicks, microTick } from "../../units.js";
import type { Settings } from "../settings/settings.js";
import { eachTrade } from "./outcome.js";
import { lastScene } from "./period.js";
import type { Opened } from "./worker.js";

/** Lines that are put together at once: strings of a few megabytes, whatever the size of the file. */
const linesAtOnce = 20_000;

const decimal = (ticks: number): string => formatTicks(ticks, microTick);
/** A cell of a CSV file (RFC 4180 §2). */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Collects lines into the parts of a file. */
function collect(separator: string): { add(line: string): void; parts(): string[] } {
  const parts: string[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    parts.push((parts.length > 0 ? separator : "") + lines.join(separator));
    lines = [];
  };
  return {
    add(line) {
      lines.push(line);
      if (lines.length === linesAtOnce) flush();
    },
    parts() {
      flush();
      return parts;
    },
  };
}

export const fileCalls = {
  /** The period last cleared as a file, whatever its size: its trades as CSV, or its orders and trades as JSON. Decimals are exact. */
  file(_engine: Opened, { type, settings }: { type: "csv" | "json"; settings: Settings }): Blob {
    const scene = lastScene();
    if (scene === null) throw new Error("no period has been cleared yet");
    const { market } = scene;
    const trades = collect(type === "csv" ? "\r\n" : ",\n");
    eachTrade(scene, (pool, offer, bid, quantity, price) => {
      const values = {
        kind: pool ? "pool" : "peer",
        offer: market.offerOwner(offer).name,
        bid: market.bidOwner(bid).name,
        quantity: decimal(quantity),
        price: decimal(price),
      };
      trades.add(type === "csv" ? Object.values(values).map(cell).join(",") : JSON.stringify(values));
    });
    if (type === "csv") {
      const parts = trades.parts();
      return new Blob(["kind,offer,bid,quantity,price\r\n", ...parts, parts.length > 0 ? "\r\n" : ""], {
        type: "text/csv",
      });
    }
    const orders = collect(",\n");
    for (const [side, columns, owner] of [
      ["offer", market.offers, market.offerOwner],
      ["bid", market.bids, market.bidOwner],
    ] as const)
      for (let index = 0; index < columns.price.length; index++)
        orders.add(
          JSON.stringify({
            side,
            name: owner(index).name,
            quantity: decimal(columns.quantity[index]!),
            price: decimal(columns.price[index]!),
          }),
        );
    const head = `{"settings":${JSON.stringify(settings)},\n"orders":[\n`;
    return new Blob([head, ...orders.parts(), '],\n"trades":[\n', ...trades.parts(), "]}\n"], {
      type: "application/json",
    });
  },
};
