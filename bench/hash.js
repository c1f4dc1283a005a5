// @ts-check
import { createHash } from "node:crypto";
import { openEngine } from "gridclear";
import { bytes } from "./inputs.js";
import { hex, rounds } from "./measure.js";
import { nativeHash, nativeRoot } from "./native.js";
import { hashes, merkleRoot } from "./peers/hashes.js";
import { tradeRow } from "./pipeline.js";
import { rates } from "./rates.js";

export const question =
  "How fast is SHA-256 over one message, the RFC 6962 root over trade records in rows of sixteen, and over single leaves?";

/** @typedef {import("./measure.js").Contender} Contender */

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ sizes, smoke, budgetMs, native }) {
  const engine = await openEngine();
  const two = await openEngine({ threads: 2 });
  const peers = await hashes();
  const rows = [];

  for (const size of smoke ? [64, 4_096] : [64, 1_024, 16_384, 1 << 20]) {
    const message = bytes(size);
    /** @type {Contender[]} */
    const contenders = [
      { name: "gridclear", run: () => engine.sha256(message), hash: hex },
      ...peers.map(({ name, digest }) => ({ name, run: () => digest(message), hash: hex })),
    ];
    if (native)
      for (const instructions of native.instructions ? [0, 1] : [0])
        contenders.push({
          name: instructions ? "C, SHA instructions" : "C, plain",
          run: nativeHash(native, message, instructions),
          hash: hex,
        });
    rows.push(...rates({ work: "sha256", size, unit: "bytes" }, contenders, { budgetMs: budgetMs / 12 }));
  }

  for (const { work, each, leafBytes, unit } of [
    { work: "merkle rows", each: tradeRow / 16, leafBytes: tradeRow, unit: "records" },
    { work: "merkle 64 B", each: 64, leafBytes: 64, unit: "leaves" },
  ])
    for (const size of sizes) {
      const records = bytes(size * each);
      /** @type {Contender[]} */
      const contenders = [
        { name: "gridclear", run: () => engine.merkleRoot(records, leafBytes), hash: hex },
        { name: "gridclear, two threads", run: () => two.merkleRoot(records, leafBytes), hash: hex },
      ];
      if (size <= 100_000)
        for (const { name, digest } of peers)
          contenders.push({
            name,
            run: () => merkleRoot(records, leafBytes, digest),
            hash: hex,
            rounds: size > 10_000 ? 4 : 20,
          });
      if (native)
        for (const instructions of native.instructions ? [0, 1] : [0])
          contenders.push({
            name: instructions ? "C, SHA instructions" : "C, plain",
            run: nativeRoot(native, records, leafBytes, instructions),
            hash: hex,
            rounds: 20,
          });
      rows.push(
        ...rounds({ work, size, unit }, contenders, {
          budgetMs: budgetMs / 2,
        }),
      );
    }
  engine.close();
  two.close();
  // The one test vector everybody knows: a bench of a wrong hash is worthless.
  const known = createHash("sha256").update("abc").digest("hex");
  if (hex((await openEngine()).sha256(new TextEncoder().encode("abc"))) !== known)
    throw new Error("SHA-256 of abc is wrong");
  return rows;
}
