/**
 * Which settings take effect in which view. One table answers two questions: what makes a view compute again (its key),
 * and which controls would do nothing (they are shown switched off, with the reason).
 */
import { t } from "../say.js";
import type { Settings, ViewName } from "./settings.js";

/** A setting other than the view itself, and what of it stands in a link. */
export type SettingName = Exclude<keyof Settings, "view" | "scenario">;

/** A file of the person's own orders, as the page knows it. */
export interface OwnFile {
  /** Counts the files brought since the page was opened; the worker keeps the orders under it. */
  readonly number: number;
  readonly name: string;
}

const drawn = ["seed", "members", "mix", "season", "weather", "minutes"] as const;
const rules = ["mechanism", "pricing", "blend", "pool", "lots"] as const;
const day = [...drawn, "carrier", ...rules, "poolPrice", "commission", "currency"] as const;

/** What changes the figures of a view. */
const computed: Readonly<Record<ViewName, readonly SettingName[]>> = {
  story: ["currency"],
  period: [...drawn, "time", "carrier", ...rules, "poolPrice", "currency"],
  compare: [...drawn, "time", "carrier", ...rules, "poolPrice", "against", "currency"],
  day,
  ledger: day,
  home: day,
  bench: [],
  live: [],
  notary: [],
};
/** What a scenario file says itself. */
const inScenario: readonly SettingName[] = [...drawn, ...rules, "poolPrice", "commission", "currency"];
/** What changes only how a view is looked at. */
const looked: Readonly<Record<ViewName, readonly SettingName[]>> = {
  story: ["step"],
  period: ["speed"],
  compare: [],
  day: ["speed", "time"],
  home: ["time", "home"],
  ledger: ["block", "ifRule", "ifPool", "ifRetail", "ifFeedIn"],
  bench: ["result"],
  live: ["carrier"],
  notary: [],
};
/** Views that show a file of one's own orders instead of the community's. */
const showsOwn: Readonly<Record<ViewName, boolean>> = {
  story: false,
  period: true,
  compare: true,
  day: false,
  ledger: false,
  home: false,
  bench: false,
  live: false,
  notary: false,
};

/** Whether a view shows the person's own orders rather than the community's. */
export const isOwn = (view: ViewName, own: OwnFile | null): boolean => own !== null && showsOwn[view];

/** Whether a view shows the market of a scenario file, if there is one, rather than that of the settings. */
export const showsScenario = (view: ViewName): boolean => view === "period" || isSimulated(view);

/**
 * The key of what a view shows: two settings with one key show the same thing. Whoever keeps something that was
 * computed keeps it under this key, and asks about it by this key.
 */
export function keyOf(view: ViewName, settings: Settings, own: OwnFile | null): string {
  const names = computed[view].filter((name) => whyIdle(name, { ...settings, view }, own) === null);
  const simulated = isSimulated(view);
  const values = names.map((name) => [
    name,
    name === "members" && simulated ? participantsOf(settings) : settings[name],
  ]);
  if (isOwn(view, own)) return JSON.stringify([own!.number, ...values]);
  return JSON.stringify(settings.scenario > 0 ? [["scenario", settings.scenario], ...values] : values);
}

/** Why a setting changes nothing in the view that is open; null where it takes effect. */
export function whyIdle(name: SettingName, settings: Settings, own: OwnFile | null): string | null {
  const { view } = settings;
  if (view === "story" && name !== "currency") return t`The story has a street of its own.`;
  if (view === "bench") return t`The bench draws orders of its own.`;
  if (view === "notary") return t`What was handed over says itself what it is.`;
  if (view === "live" && name !== "carrier") return t`A running market has rules of its own.`;
  if (isOwn(view, own)) {
    if (name === "time" || (drawn as readonly string[]).includes(name))
      return t`The orders come from ${own!.name}.`;
    if (name === "pool" || name === "poolPrice" || name === "lots")
      return t`Your file has no batteries, and its buyers pay no more in a pool than directly: once direct trading ends, nobody who is left can agree, and a pool would sell nothing.`;
  }
  if (settings.scenario > 0 && inScenario.includes(name))
    return t`The market comes from a scenario file, which says this itself.`;
  if (computed[view].includes(name) || looked[view].includes(name)) return null;
  switch (name) {
    case "commission":
      return t`Fees are booked in Day and Ledger; who trades with whom does not depend on them.`;
    case "time":
      return t`The ledger holds the whole day.`;
    case "step":
      return t`The story has steps.`;
    case "speed":
      return t`Nothing moves in this view.`;
    default:
      return t`This view does not use it.`;
  }
}

/** What to say beside a setting that takes effect with another value than the one set; null where it is the same. */
export function caveat(name: SettingName, settings: Settings): string | null {
  if (name !== "members" || isDay(settings) || !isSimulated(settings.view)) return null;
  return t`A day is simulated for at most ${mostInDay} members: for ${mostInDay} here.`;
}

/** Whether a view shows the day that is simulated. */
const isSimulated = (view: ViewName): boolean => view === "day" || view === "ledger" || view === "home";

/** Most members of a simulated day: above, it takes too long. */
export const mostInDay = 600;
/** Whether a day of the community can be simulated: then a period is one of that day. */
export const isDay = ({ members }: Settings): boolean => members <= mostInDay;
/** Members of the day that the settings describe. */
export const participantsOf = ({ members }: Settings): number => Math.min(members, mostInDay);
