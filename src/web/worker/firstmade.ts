/** Trades the markets that the page begins with; the build fills them in (vite.config.ts). */
import { openEngine } from "../../core/engine.js";
import { defaults, streetOfStory } from "../settings/settings.js";
import { tradedDay, tradeUntil } from "./day.js";
import { type First, firstKey } from "./first.js";
import type { Party } from "./owners.js";
import { marketInBlock } from "./sealed.js";

/** What of a member its name follows from, and nothing else. */
const partyOf = ({ id, kind, number, devices }: Party): Party => ({
  id,
  kind,
  number,
  devices: devices.flatMap((device) => (device.kind === "photovoltaics" ? [{ kind: device.kind }] : [])),
});
const named = <T extends { readonly member: Party }>(all: readonly T[]): T[] =>
  all.map((each) => ({ ...each, member: partyOf(each.member) }));

export async function makeFirst(): Promise<First[]> {
  const engine = await openEngine();
  const made: First[] = [];
  for (const settings of [streetOfStory, defaults]) {
    const place = settings.time / settings.minutes;
    const day = await tradedDay(engine, settings);
    await tradeUntil(day, place + 1, new AbortController().signal);
    const found = marketInBlock(day, place, settings.carrier, engine);
    made.push({ ...found, key: firstKey(settings), placed: named(found.placed), lots: named(found.lots) });
  }
  engine.close();
  return made;
}
