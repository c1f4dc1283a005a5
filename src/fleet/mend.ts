/** What an audit has done about what it found: streams get back what stores have, a second store what streams have. */
import type { GridAudit } from "./audit.js";
import { isWrongSequence, type Line, lastOn, offline } from "./line.js";
import { decodeSealed, encodeSealed } from "./messages.js";
import type { OwnBlock } from "./ownstore.js";

/**
 * What a second store still lacks of the blocks that a stream has, up to the first that contradicts itself or another:
 * `has` says which it has. A worker has each block on its disk before it publishes it, so what is here as well stands
 * in two stores.
 */
export async function copiesOf(
  line: Line,
  { grid, published, findings }: GridAudit,
  has: ReadonlySet<number>,
): Promise<OwnBlock[]> {
  const wrong = findings.filter(({ kind }) => kind === "fork" || kind === "invalid" || kind === "gone");
  const end = Math.min(Number.POSITIVE_INFINITY, ...wrong.map(({ height }) => height ?? 0));
  const copies = published.filter(({ height }) => height < end && !has.has(height));
  const place = line.names.of(grid);
  const isBegun = copies[0]?.height === 0;
  const registered = isBegun ? await lastOn(line, line.names.blockStream(place.shard), place.grid) : null;
  return copies.map((block) => ({
    grid,
    block,
    registered: block.height === 0 ? (registered?.data ?? null) : null,
  }));
}

/**
 * Puts back what the streams of a microgrid have lost, from stores; resolves to how many blocks that were. Blocks at
 * the end go where they stood, as long as nobody has published since; one in the middle can't, and gets a subject of
 * its own, where everybody looks for it. Nothing is ever written over.
 */
export async function mendGrid(line: Line, { grid, lost }: GridAudit): Promise<number> {
  const place = line.names.of(grid);
  const stream = line.names.blockStream(place.shard);
  const put = (subject: string, payload: Uint8Array, sequence: number): Promise<boolean> =>
    line.js.publish(subject, payload, { expect: { lastSubjectSequence: sequence } }).then(
      () => true,
      (error: unknown) => {
        if (isWrongSequence(error)) return false;
        throw offline(error);
      },
    );
  let mended = 0;
  for (const { block, registered } of lost) {
    if (registered !== null) await put(place.grid, registered, 0);
    const payload = encodeSealed(block);
    const last = await lastOn(line, stream, place.blocks);
    const isTail = (last === null ? -1 : decodeSealed(last.data).height) === block.height - 1;
    const done = isTail
      ? await put(place.blocks, payload, last?.seq ?? 0)
      : await put(place.mended(block.height), payload, 0);
    if (done) mended += 1;
  }
  return mended;
}
