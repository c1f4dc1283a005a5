/** What a served market writes into its log beside its requests: that it opens, each period, and that it closes. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LoggedMarket } from "../../market/logged.js";
import type { ServiceLog } from "../../service/index.js";
import { onPeriodTimes } from "../../service/periodtimes.js";

/** Writes a line for each period that is sealed: how many orders and trades it had, and how long it took; no names. */
export const logPeriods = (market: LoggedMarket, log: ServiceLog): (() => void) =>
  onPeriodTimes(market, Date.now, ({ result, clearingMs, sealingMs }) => {
    const { period, block, bytes } = result;
    const { orders, trades } = block.header.sections;
    const counts = { period, orders: orders.count, trades: trades.count, bytes: bytes.length };
    log.info({ ...counts, ms: (clearingMs ?? 0) + sealingMs }, "sealed a period");
  });

/** How many bytes the files of a folder and those below have. */
export async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    // A file that was there a moment ago, such as one on its way to its name, may be gone.
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
