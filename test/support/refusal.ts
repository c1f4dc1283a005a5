/** The error of an act that has to be refused. */
import { GridclearError } from "../../src/errors.js";

/** The error that an act throws; fails the test when it throws none, or another. */
export function refusal(act: () => unknown): GridclearError {
  try {
    act();
  } catch (error) {
    if (error instanceof GridclearError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
