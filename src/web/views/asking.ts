/** Asking the worker about the orders of a period, which may first have to trade the day as far as that. */
import type { App } from "../app.js";
import { clock, share } from "../format.js";
import { t } from "../say.js";
import { isDay, isOwn } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import type { CallOptions } from "../worker/client.js";
import type { Api } from "../worker/protocol.js";

/** Asks about the orders of the settings, or of the person's own file; news is the part of the day that is traded. */
export function askForOrders<K extends "period" | "compare">(
  app: App,
  name: K,
  settings: Settings,
  options: CallOptions<number>,
): Promise<Api[K]["output"]> {
  if (isDay(settings) && !isOwn(name, app.own)) app.days.keep(settings);
  return app.client.call(name, { settings, own: app.own }, options as CallOptions<Api[K]["news"]>);
}

/** What is said while the day is traded. */
export const waitingWords = ({ time }: Settings, part: number): string =>
  t`Trading the day up to ${clock(time)}: ${share(Math.floor(part * 100), 100)}`;
