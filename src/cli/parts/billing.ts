/** Finds the blocks of a month in a ledger and writes the bundle from which a member's bill is made. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { zoneFor } from "../../bill/rules.js";
import { fromUtf8 } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { maxTariffLength, parseTariff } from "../../files/tarifffile.js";
import { decodeShown, isWithheld } from "../../ledger/format/block.js";
import type { Blocks } from "../../ledger/format/chain.js";
import { decodeHeader } from "../../ledger/format/header.js";
import { checkpointKey } from "../../ledger/proof/checkpoint.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import type { Contract } from "../../market/contracts/contracts.js";
import { contractKey } from "../../market/contracts/kinds.js";
import { writeBundles } from "../../report/bundle/write.js";
import { contractsOf } from "../../report/columns.js";
import type { Tariff } from "../../tariff/components.js";
import { type Month, monthOf, type Zone } from "../../tariff/zone.js";
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
  readonly contracts: ReadonlyMap<string, Contract>;
  /** Of each payment contract the height, and periods after a period's own in which its readings are due. */
  readonly windows: readonly (readonly [height: number, window: number])[];
}

/** Reads a ledger through once, executing nothing. */
export async function scan(blocks: Blocks): Promise<Scanned> {
  const timestamps: number[] = [];
  const windows: [number, number][] = [];
  const contracts = new Map<string, Contract>();
  for await (const bytes of blocks) {
    const header = decodeHeader(bytes);
    const height = timestamps.push(header.timestampMs) - 1;
    if (header.sections.contracts.count === 0 || isWithheld(header, bytes)) continue;
    for (const contract of contractsOf(decodeShown(bytes))) {
      contracts.set(contractKey(contract), contract);
      if (contract.kind === "payment") windows.push([height, contract.metering?.window ?? 0]);
    }
  }
  return { timestamps, contracts, windows };
}

/** The zone of the tariff by which a member is billed; UTC without one. */
export function zoneOf(
  { contracts }: Scanned,
  { participant, tariff }: Pick<Billed, "participant" | "tariff">,
): Zone {
  return tariff?.zone ?? zoneFor(participant, (key) => contracts.get(key));
}

/** Heights of the periods that begin in a month, half-open, and of those in which their readings are due. */
export function heightsIn(
  { timestamps, windows }: Scanned,
  month: Pick<Month, "fromMs" | "toMs">,
  name: string,
): { from: number; to: number } {
  let [from, last] = [0, 0];
  for (let height = 1; height < timestamps.length; height += 1) {
    const begins = timestamps[height - 1]!;
    if (begins < month.fromMs || begins >= month.toMs) continue;
    if (from === 0) from = height;
    last = height;
  }
  if (from === 0) return fail("invalid", "--month", "a month of which the ledger has a period", name);
  const window = windows.findLast(([height]) => height <= last)?.[1] ?? 0;
  return { from, to: Math.min(last + window + 1, timestamps.length) };
}

/**
 * The bundle of a member that its bill of a month is made from. Throws `invalid` naming what of the command line there
 * is not, `corrupt` for a ledger that is not good.
 */
export async function monthBundle({ participant, ...of }: Billed): Promise<string> {
  let text = "";
  await monthBundles({ ...of, participants: [participant] }, (_, lines) => {
    text += lines;
    if (text.length > maxBundleBytes)
      fail("limit", "bundle", `at most ${maxBundleBytes} characters`, text.length);
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
 * no more. Members by whose clocks the month has other blocks take a go of their own. Throws as {@link monthBundle}.
 */
export async function monthBundles(
  { ledger, participants, month, tariff }: AllBundled,
  take: (participant: string, lines: string) => boolean,
): Promise<void> {
  const hasher = await openHasher();
  await withSource(ledger, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
    const scanned = await scan(blocks());
    const note = await store?.getMeta(checkpointKey);
    const together = new Map<string, { from: number; to: number; members: string[] }>();
    for (const participant of participants) {
      const range = heightsIn(scanned, monthNamed(zoneOf(scanned, { participant, tariff }), month), month);
      const key = `${range.from} ${range.to}`;
      const known = together.get(key) ?? { ...range, members: [] };
      known.members.push(participant);
      together.set(key, known);
    }
    for (const { members, ...range } of together.values()) {
      const snapshot = await snapshotBelow(range.from, store, hasher);
      const options = { ...range, hasher, note: note ? fromUtf8(note) : null, snapshot };
      for await (const { participant, lines } of writeBundles(blocks(), members, options))
        if (!take(participant, lines)) return;
    }
  });
}

/** The month of that name. Throws `invalid` naming the option. */
export function monthNamed(zone: Zone, name: string): Month {
  try {
    return monthOf(zone, name);
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    return fail(error.code, "--month", error.wanted, error.value);
  }
}
