// @ts-check
// The targets of the project and how far the newest results are from them.
import { duration, markdown } from "./report.js";

/** @typedef {import("./measure.js").Row} Row */

const largest = 1_000_000;

/**
 * Each target: what, how much, and from the rows a figure with the verdict. A ratio is of best times in one run.
 * @param {Row[]} rows @returns {string}
 */
export function targetsTable(rows) {
  const find = (/** @type {string} */ work, /** @type {string} */ contender, /** @type {number} */ size) =>
    rows.find((row) => row.work === work && row.contender === contender && row.size === size);
  const time = (/** @type {string} */ work, /** @type {string} */ contender, size = largest) =>
    find(work, contender, size)?.bestMs;
  const rate = (/** @type {string} */ work, /** @type {string} */ contender, /** @type {number} */ size) =>
    find(work, contender, size)?.perSecond;
  /** @type {string[][]} */
  const lines = [];
  const line = (
    /** @type {string} */ what,
    /** @type {string} */ target,
    /** @type {string | undefined} */ measured,
    /** @type {boolean} */ met,
  ) =>
    lines.push([
      what,
      target,
      measured ?? "not measured",
      measured === undefined ? "" : met ? "met" : "**missed**",
    ]);
  const atMost = (
    /** @type {string} */ what,
    /** @type {number | undefined} */ a,
    /** @type {number | undefined} */ b,
    /** @type {number} */ limit,
    /** @type {string} */ against,
  ) =>
    line(
      what,
      `at most ${limit}× ${against}`,
      a && b ? `${(a / b).toFixed(2)}× (${duration(a)} against ${duration(b)})` : undefined,
      a !== undefined && b !== undefined && a <= limit * b,
    );
  const atLeast = (
    /** @type {string} */ what,
    /** @type {number | undefined} */ ours,
    /** @type {number | undefined} */ theirs,
    /** @type {number} */ limit,
    /** @type {string} */ against,
  ) =>
    line(
      what,
      `at least ${limit}× ${against}`,
      ours && theirs
        ? `${(theirs / ours).toFixed(theirs / ours < 10 ? 2 : 0)}× (${duration(ours)} against ${duration(theirs)})`
        : undefined,
      ours !== undefined && theirs !== undefined && theirs >= limit * ours,
    );

  const c = "C, AVX2 and SHA";
  const market = "market: collect, clear, seal on disk";
  atMost(
    "the market's period, 1M",
    time("market's period", market),
    time("market's period", "the engine alone: clear, records, root"),
    2.5,
    "the engine alone on the same orders",
  );
  const small = time("market's period", market, 5_000);
  line(
    "the market's period, 5,000 units over four carriers",
    "at most 2.5 ms",
    small === undefined ? undefined : duration(small),
    (small ?? 99) <= 2.5,
  );
  const perOrder = find("market's period", market, largest)?.more?.["block bytes an order"];
  line(
    "block, 1M orders",
    "at most 250 B an order",
    perOrder === undefined ? undefined : `${perOrder.toFixed(0)} B`,
    (perOrder ?? 1e9) <= 250,
  );
  atMost(
    "whole period in the engine, 1M",
    time("period", "gridclear"),
    time("period", c),
    1.25,
    "the C twin with SHA instructions",
  );
  atMost(
    "whole period, 1M, hashing on two threads",
    time("period", "gridclear, two threads"),
    time("period", c),
    1,
    "that C on one thread",
  );
  atMost(
    "whole period, 1M, cold",
    time("period cold", "gridclear, first call"),
    time("period", "gridclear"),
    2,
    "warm",
  );
  atMost(
    "`value`, 1M",
    time("value random", "gridclear"),
    time("value random", "C, AVX2"),
    1.1,
    "the C twin (AVX2)",
  );
  atMost(
    "`value`, 1M",
    time("value random", "gridclear"),
    time("value random", "C, SSE 4.1"),
    1.1,
    "the C twin with vectors as wide as WebAssembly's",
  );
  atMost(
    "`value`, from 100 k to 1M",
    time("value random", "gridclear"),
    time("value random", "gridclear", 100_000),
    16,
    "the time",
  );
  const worst = rows
    .filter((row) => row.work.startsWith("value ") && row.contender === "gridclear" && row.size === largest)
    .sort((a, b) => b.bestMs - a.bestMs)[0];
  atMost(
    `\`value\`, 1M, worst input found${worst ? ` (${worst.work.slice(6)})` : ""}`,
    worst?.bestMs,
    time("value random", "gridclear"),
    5,
    "random",
  );
  atMost("`merit`, 1M", time("merit random", "gridclear"), time("merit random", "C"), 1.3, "the C twin");
  atLeast(
    "`merit`, 1M, wide price range",
    time("merit wide", "gridclear"),
    time("merit wide", "JavaScript, typed arrays"),
    4,
    "the best typed-array JavaScript",
  );
  atLeast(
    "`merit`, 1M",
    time("merit random", "gridclear"),
    time("merit random", "JavaScript, objects"),
    30,
    "`Array.sort` over objects",
  );
  atMost(
    "`merit` on 993 areas, 1M",
    time("areas", "993 areas, fees and limits"),
    time("areas", "flat merit"),
    2,
    "the flat market",
  );
  for (const name of ["nodejs-order-book", "hft-limit-order-book"])
    atLeast("`merit` at the largest size the peer was run at", ...peerTimes(name), 100, name);
  atLeast(
    "`merit`, 1M, 1,000 price levels",
    time("merit few", "gridclear"),
    time("merit few", "JavaScript, counting sort"),
    1,
    "JavaScript's counting sort",
  );
  const leaves = rate("merkle 64 B", "gridclear", largest);
  line(
    "Merkle root, 64 B leaves, one thread",
    "at least 3.3 M leaves/s",
    leaves ? `${(leaves / 1e6).toFixed(2)} M leaves/s` : undefined,
    (leaves ?? 0) >= 3.3e6,
  );
  for (const [name, limit] of /** @type {[string, number][]} */ ([
    ["@chainsafe/as-sha256", 5],
    ["hash-wasm", 6.5],
    ["node:crypto", 7],
  ]))
    atLeast(
      "Merkle root, 64 B leaves",
      time("merkle 64 B", "gridclear", 100_000),
      time("merkle 64 B", name, 100_000),
      limit,
      name,
    );
  atLeast(
    "SHA-256 stream, 1 MB, in wasm",
    time("sha256", "gridclear", 1 << 20),
    time("sha256", "hash-wasm", 1 << 20),
    1,
    "hash-wasm",
  );
  atLeast("SHA-256, 64 B", time("sha256", "gridclear", 64), time("sha256", "hash-wasm", 64), 2, "hash-wasm");
  const memory = find("period", "gridclear", largest)?.more?.["bytes an order"];
  line(
    "memory",
    "at most 144 B an order",
    memory ? `${memory.toFixed(0)} B` : undefined,
    (memory ?? 1e9) <= 144,
  );
  const page = rows.find((row) => row.work === "page" && row.contender === "Chromium");
  const ratio = page?.more?.["times Node"];
  line(
    "Chromium, whole period",
    "at most 1.3× Node",
    ratio ? `${ratio.toFixed(2)}×` : undefined,
    (ratio ?? 9) <= 1.3,
  );
  const ready = page?.more?.["ms to ready"];
  line(
    "engine ready in a page, cold, median of 20",
    "under 10 ms",
    ready ? `${ready.toFixed(1)} ms` : undefined,
    (ready ?? 99) < 10,
  );
  const gzip = rows.find((row) => row.work === "page" && row.contender === "bundle")?.more;
  line(
    "wasm, gzipped",
    "at most 17.2 kB",
    gzip?.["wasm bytes"] ? `${(gzip["wasm bytes"] / 1000).toFixed(1)} kB` : undefined,
    (gzip?.["wasm bytes"] ?? 1e9) <= 17_200,
  );
  line(
    "core entry, gzipped",
    "at most 37 kB",
    gzip?.["entry bytes"] ? `${(gzip["entry bytes"] / 1000).toFixed(1)} kB` : undefined,
    (gzip?.["entry bytes"] ?? 1e9) <= 37_000,
  );
  const onDisk = (/** @type {string} */ contender) =>
    rows.find((row) => row.work === "seal to disk" && row.contender === contender);
  const sealed = onDisk("disk store, flushed");
  line(
    "sealing to disk, 10 kB blocks",
    "at least 2,500 flushed blocks/s",
    sealed?.perSecond ? `${sealed.perSecond.toFixed(0)} blocks/s` : undefined,
    (sealed?.perSecond ?? 0) >= 2_500,
  );
  atMost(
    "sealing to disk, 10 kB blocks",
    sealed?.bestMs,
    onDisk("a file, write and fdatasync")?.bestMs,
    1.2,
    "write and fdatasync alone",
  );
  const made = rows.find((row) => row.work === "verification" && row.contender === "the run");
  const checked = rows.find((row) => row.work === "verification" && row.contender === "its verification");
  atMost("verification", checked?.bestMs, made?.bestMs, 1, "the run that made the chain");
  return markdown(["what", "target", "measured", "verdict"], lines, false);

  /** @param {string} name @returns {[number | undefined, number | undefined]} */
  function peerTimes(name) {
    const peer = rows
      .filter((row) => row.work === "merit random" && row.contender === name)
      .sort((a, b) => b.size - a.size)[0];
    return [peer && time("merit random", "gridclear", peer.size), peer?.bestMs];
  }
}
