/**
 * Settlement: every reading, and every estimate of one that did not come, pays for what it says against what contracts
 * said, in the period in which it stands.
 */
import { payReading } from "../books/payments.js";
import { cover, meansOf, type Settling } from "./debts.js";
import { deliverBook } from "./delivered.js";
import { maxEstimates } from "./limits.js";
import { meter } from "./meters.js";
import type { ReadingEntry } from "./readings.js";
import { shareBook } from "./sharing.js";

/**
 * Settles every past period that is complete or whose window closes now, estimating what is missing; has all readings
 * of this period paid, and then what is shared and was delivered by them; and drops books that nothing can change any
 * more. Periods beyond `most` records of estimates in all wait for the next period, but for the first. Returns the
 * periods settled.
 */
export function settle(settling: Settling, most: number = maxEstimates): number[] {
  const { period, books, readings } = settling;
  const settled: number[] = [];
  const came = readings.count;
  for (const book of books.values()) {
    if (book.settled || book.period >= period) continue;
    if (book.missing > 0 && period < book.lastReading) continue;
    const estimates = readings.count - came;
    if (estimates > 0 && estimates + book.missing > most) continue;
    for (let row = 0; row < book.due; row += 1)
      if (book.get(row, meter.known) === 0) readings.estimate(book, row);
    book.settled = true;
    settled.push(book.period);
  }
  readings.each((reading, index) => pay(settling, reading, index));
  const first = new Set(settled);
  for (const book of books.values()) {
    if (!book.settled) continue;
    const earlier = book.takeEarlier();
    const isFirst = first.has(book.period);
    if (!isFirst && earlier === null) continue;
    shareBook(settling, book, isFirst ? null : earlier);
    deliverBook(settling, book, isFirst ? null : earlier);
  }
  for (const book of books.values())
    if (book.settled && period >= book.lastCorrection) books.delete(book.period);
  return settled;
}

/** Pays what a reading says. */
function pay(settling: Settling, reading: ReadingEntry, index: number): void {
  const { participant, carrier, amount, period } = reading;
  if (Number(amount) === 0) return;
  const means = meansOf(settling, participant);
  payReading(reading, (_, from, to, paid) => settling.accounts.move(from, to, paid));
  cover(settling, settling.books.get(period)!, { participant, carrier, amount, means, reference: index });
}
