/**
 * Giving way: whoever has much to do for many does a part of it a turn of the event loop, so that requests are answered
 * in between. Promises alone give no way, as what follows on them runs before the turn ends.
 */

/** Resolves in a later turn of the event loop, behind what has come in meanwhile. */
export const nextTurn = (): Promise<void> => new Promise((go) => setTimeout(go, 0));
