/** Finds the blocks of a month in a ledger and writes the bundle from which a member's bill is made. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MonthWalk } from "../../bill/months.js";
import { BillingRules } from "../../bill/rules.js";
import { fromUtf8 } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { maxTariffLength, parseTariff } from "../../files/tarifffile.js";
import { decodeShown, isWithheld } from "../../ledger/format/block.js";
import type { Blocks } from "../../ledger/format/chain.js";
import { decodeHeader } from "../../ledger/format/header.js";
import { checkpointKey } from "../../ledger/proof/checkpoint.js";
import type { Store } from "../../ledger/store/store.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import type { Contract } from "../../market/contracts/contracts.js";
import { newestSnapshot } from "../../market/snapshots.js";
import { writeBundles } from "../../report/bundle/write.js";
import { contractsOf } from "../../report/columns.js";
import { contractsAfter } from "../../report/registry.js";
import type { Tariff } from "../../tariff/components.js";
import type { Zone } from "../../tariff/zone.js";
import { maxBundleBytes } from "./bundlefile.js";
import { readInput } from "./document.js";
import { pricesBeside } from "./pricefiles.js";
import { snapshotBelow } from "./range.js";
import { withSource } from "./source.js";

/** The program by which a bill's page checks itself, built into the package, and its hash as a policy names it. */
export function checkingScript(): { readonly script: string; readonly scriptHash: string } {
  const file = fileURLToPath(new URL("../../../dist/bill/check.bundle.js", import.meta.url));
  const script = readFileSync(file, "utf8").replaceAll("</script", "<\\/script");
  return { script, scriptHash: createHash("sha256").update(script).digest("base64") };
}

/** A tariff from a file; files of prices lie beside it. */
export const readTariff = (path: string): Promise<Tariff> =>
  readInput(path, maxTariffLength, (text) => parseTariff(text, pricesBeside(path)));

/** Whose bill of which month. */
export interface Billed {
  readonly ledger: string;
  readonly participant: string;
  readonly month: string;
  /** From a file, in the place of the ledger's; null: the ledger's. */
  readonly tariff: Tariff | null;
}

/** When the blocks of a ledger were sealed, and the contracts that came in them. */
export interface Scanned {
  readonly timestamps: readonly number[];
  /** Those of each block that has any, with its height; of blocks that are erased what held after them. */
  readonly contracts: readonly (readonly [height: number, own: readonly Contract[]])[];
}

/** Reads a ledger through once, executing nothing. */
export async function scan(blocks: Blocks, store: Store | null, hasher: Hasher): Promise<Scanned> {
  const timestamps: number[] = [];
  const contracts: [number, Contract[]][] = [];
  let erased = 0;
  for await (const bytes of blocks) {
    const header = decodeHeader(bytes);
    const height = timestamps.push(header.timestampMs) - 1;
    if (isWithheld(header, bytes)) erased = height + 1;
    else if (header.sections.contracts.count > 0) contracts.push([height, contractsOf(decodeShown(bytes))]);
  }
  if (erased === 0) return { timestamps, contracts };
  const snapshot = store && (await newestSnapshot(store, hasher, () => {}, erased));
  const held = snapshot === null ? [] : contractsAfter(snapshot);
  return { timestamps, contracts: [[0, held], ...contracts] };
}

/** Whose months are looked for, and a tariff that holds in the place of the ledger's; null: none. */
interface Dated {
  readonly participants: readonly string[];
  readonly month: string;
  readonly tariff: Tariff | null;
}

/** Heights, half-open: of the periods of a month, and of those in which their readings are due. */
export interface Heights {
  readonly from: number;
  readonly to: number;
}

/**
 * By participant the heights of a month; of whom no period is in the month there are none. Throws `invalid` for what is
 * no month, and where it has a period of nobody.
 */
export function heightsIn(scanned: Scanned, { participants, month, tariff }: Dated): Map<string, Heights> {
  const found = new Map<string, Heights>();
  const changes = changesIn(scanned, participants);
  for (const participant of participants) {
    const zones = changes.map(({ height, zones, window }) => {
      return { height, window, zone: tariff?.zone ?? zones.get(participant)! };
    });
    const heights = walkAlong(scanned.timestamps, zones, month);
    if (heights !== null) found.set(participant, heights);
  }
  if (found.size === 0) fail("invalid", "--month", "a month of which the ledger has a period", month);
  return found;
}

/** What holds from a height on: by participant whose clocks its months go by, and when readings are due. */
interface Change {
  readonly height: number;
  readonly zones: ReadonlyMap<string, Zone>;
  readonly window: number;
}

function changesIn({ contracts }: Scanned, participants: readonly string[]): Change[] {
  const rules = new BillingRules();
  return contracts.map(([height, own]) => {
    for (const contract of own) rules.enter(contract);
    const zones = new Map(participants.map((participant) => [participant, rules.zoneOf(participant)]));
    return { height, zones, window: rules.window };
  });
}

interface ZoneFrom {
  readonly height: number;
  readonly zone: Zone;
  readonly window: number;
}

/** The heights of a month for whom these zones hold one after the other; null where it has no period. */
function walkAlong(timestamps: readonly number[], zones: readonly ZoneFrom[], month: string): Heights | null {
  const walk = walkOf(month);
  let [held, from, to] = [0, 0, 0];
  let isKnown = false;
  walk.start(zones[0]!.zone);
  for (let height = 1; height < timestamps.length && !walk.isOver; height += 1) {
    if (zones[held + 1]?.height === height) held += 1;
    const { zone, window } = zones[held]!;
    if (walk.take(timestamps[height - 1]!, zone)) {
      if (from === 0) from = height;
      to = Math.min(height + window + 1, timestamps.length);
      isKnown = walk.endsBy(timestamps[height]!);
      // Where only the zone that holds next says that the month is over, that has to be seen.
    } else if (from > 0 && !isKnown) to = Math.max(to, height + 1);
  }
  return from === 0 ? null : { from, to };
}

/** Throws `invalid` naming the option for what is no month. */
function walkOf(month: string): MonthWalk {
  try {
    return new MonthWalk(month);
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    return fail(error.code, "--month", error.wanted, error.value);
  }
}

/**
 * The bundle of a member that its bill of a month is made from. Throws `invalid` naming what of the command line there
 * is not, `corrupt` for a ledger that is not good.
 */
export async function monthBundle({ participant, ...of }: Billed): Promise<string> {
  let text = "";
  await monthBundles({ ...of, participants: [participant] }, (_, lines) => {
    text += lines;
    return true;
  });
  return text;
}

/** Whose bills of which month. */
export interface AllBundled extends Omit<Billed, "participant"> {
  readonly participants: readonly string[];
}

/**
 * The bundles of many members, in one go over the ledger: lines of each as they come, until `take` says that it wants
 * no more. Members by whose clocks the month has other blocks take a go of their own. Throws as {@link monthBundle},
 * and `limit` for a bundle that nobody would read again.
 */
export async function monthBundles(
  { ledger, participants, month, tariff }: AllBundled,
  take: (participant: string, lines: string) => boolean,
): Promise<void> {
  const hasher = await openHasher();
  await withSource(ledger, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
    const scanned = await scan(blocks(), store, hasher);
    const note = await store?.getMeta(checkpointKey);
    const heights = heightsIn(scanned, { participants, month, tariff });
    const together = new Map<string, Heights & { readonly members: string[] }>();
    for (const [participant, range] of heights) {
      const key = `${range.from} ${range.to}`;
      const known = together.get(key) ?? { ...range, members: [] };
      known.members.push(participant);
      together.set(key, known);
    }
    for (const { members, ...range } of together.values()) {
      const snapshot = await snapshotBelow(range.from, store, hasher);
      const options = { ...range, hasher, note: note ? fromUtf8(note) : null, snapshot };
      const lengths = new Map<string, number>();
      for await (const { participant, lines } of writeBundles(blocks(), members, options)) {
        const length = (lengths.get(participant) ?? 0) + lines.length;
        lengths.set(participant, length);
        if (length > maxBundleBytes)
          fail("limit", `bundle of ${participant}`, `at most ${maxBundleBytes} characters`, length);
        if (!take(participant, lines)) return;
      }
    }
  });
}
