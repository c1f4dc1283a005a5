/**
 * How a request is answered: by what it came to, or by a refusal; never by an error, unless the market itself has
 * failed.
 */
import { GridclearError } from "../../errors.js";
import type { Refused } from "./request.js";

/** What can be asked of a market. */
export type Request = "order" | "reading" | "contract";

/** Why what was made for a period is refused in another: `conflict`. */
export const notOpen = (open: number, period: number): GridclearError =>
  new GridclearError("conflict", { field: "period", wanted: `${open}, which is open`, got: period });

/** Turns errors of requests into answers. */
export class Answers {
  readonly #usable: () => void;
  readonly #refused: (what: Request, error: GridclearError) => void;

  /** `usable` throws once the market has failed; `refused` is called with every refusal. */
  constructor(usable: () => void, refused: (what: Request, error: GridclearError) => void) {
    this.#usable = usable;
    this.#refused = refused;
  }

  /** What `act` returns, or the refusal that it throws. */
  now<Result>(what: Request, act: () => Result): Result | Refused {
    this.#usable();
    try {
      return act();
    } catch (error) {
      return this.#refuse(what, error);
    }
  }

  /** As {@link now}, of what takes its time. Rejects when the market fails meanwhile. */
  async later<Result>(what: Request, act: () => Promise<Result>): Promise<Result | Refused> {
    this.#usable();
    try {
      return await act();
    } catch (error) {
      this.#usable();
      return this.#refuse(what, error);
    }
  }

  #refuse(what: Request, error: unknown): Refused {
    if (!(error instanceof GridclearError)) throw error;
    this.#refused(what, error);
    return { status: "refused", error };
  }
}
