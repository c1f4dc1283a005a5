import type { Settings } from "./settings/settings.js";
import type { Client } from "./worker/client.js";

/** What a view is given: the settings and how to change them, the worker, and a voice for screen readers. */
export interface App {
  readonly client: Client;
  settings(): Settings;
  /** Changes settings. `quiet` replaces the URL instead of adding to the history, as for a slider being moved. */
  update(change: Partial<Settings>, quiet?: boolean): void;
  /** Says something to screen readers. */
  announce(text: string): void;
  /** The person's own orders, when they brought a file; null: the simulated community. */
  readonly ownOrders: { readonly number: number; readonly name: string } | null;
  /** Shows the orders of a file from now on; null: those of the community again. */
  bringOrders(file: { name: string; text: string } | null): void;
}

/** One of the page's views; made once, when it is first looked at. */
export interface View {
  readonly element: HTMLElement;
  /** Brings the view up to date with the settings; called whenever they change while it is shown. */
  show(settings: Settings): void;
  /** Stops what moves. */
  hide?(): void;
}
