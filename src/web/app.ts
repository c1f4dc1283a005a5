/** What a view is given and what it has to be. */
import type { Days } from "./days.js";
import type { OwnFile } from "./settings/effects.js";
import type { ScenarioFile } from "./settings/scenario.js";
import type { Settings } from "./settings/settings.js";
import type { Client } from "./worker/client.js";

/**
 * What the page has: the settings and how to change them, the worker, the day that is traded, a voice for screen
 * readers.
 */
export interface App {
  readonly client: Client;
  /** The day that Day and Ledger show; there is one. */
  readonly days: Days;
  settings(): Settings;
  /** Changes settings. `quiet` replaces the URL instead of adding to the history, as for a slider being moved. */
  update(change: Partial<Settings>, quiet?: boolean): void;
  /** Says something to screen readers. */
  announce(text: string): void;
  /** Tells something where one looks, above the view, until it is put away; null puts it away. */
  tell(message: Message | null): void;
  /** The person's own orders, when they brought a file; null: the simulated community. */
  readonly own: OwnFile | null;
  /** Shows the orders of a file that the worker has read; null: those of the community again. */
  show(own: OwnFile | null, change?: Partial<Settings>): void;
  /** The scenario file that was brought; null: there is none. */
  readonly scenario: ScenarioFile | null;
  /** Shows the market of a scenario file that the worker has read; null: that of the settings again. */
  use(scenario: ScenarioFile | null, change?: Partial<Settings>): void;
}

/** Something told above the view. */
export interface Message {
  readonly text: string;
  /** Whether it is a refusal, which interrupts a screen reader. */
  readonly bad?: boolean;
  /** Shown below the text: progress, a choice. */
  readonly parts?: readonly HTMLElement[];
}

/** One of the page's views; made once, when it is first looked at. */
export interface View {
  readonly element: HTMLElement;
  /** Brings the view up to date with the settings; called whenever they change while it is shown. */
  show(settings: Settings): void;
  /** Stops what moves. */
  hide?(): void;
}
