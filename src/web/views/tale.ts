/** What the story is told of, and what a screen of it is. */
import type { Settings } from "../settings/settings.js";
import type { OrderLine, PeriodResult } from "../worker/period.js";
import type { StreetDay } from "../worker/story.js";

/** What the story is told of: the period, and the day once it has been traded. */
export interface Tale {
  readonly settings: Settings;
  readonly period: PeriodResult;
  readonly seller: OrderLine;
  /** Who wants to buy, whoever would pay most first. */
  readonly buyers: readonly [OrderLine, OrderLine];
  /** null until it has been traded: nobody waits for it before the screens that tell of it. */
  readonly day: StreetDay | null;
}

/** A screen: what it says, what it shows, and what goes on to the next. */
export interface Screen {
  readonly title: string;
  readonly tale: string;
  readonly stage: readonly HTMLElement[];
  /** Words of the button that goes on; null where something on the stage does. */
  readonly on: string | null;
}
