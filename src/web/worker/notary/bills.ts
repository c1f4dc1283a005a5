/**
 * A bill as a page: the records and proofs inside are billed again, and the page is written again from them. Whatever
 * else it says, in a line or anywhere, is found. The program in the page is not run.
 */

import type { Bill } from "../../../bill/bill.js";
import { checkBill, type HeldBill } from "../../../bill/compare.js";
import { billPage } from "../../../bill/page.js";
import { hex, toBase64, toUtf8 } from "../../../bytes.js";
import { fail } from "../../../errors.js";
import { decodeBundle } from "../../../ledger/proof/bundle.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import { counted, t } from "../../say.js";
import type { Recognised } from "./kinds.js";
import type { Opened } from "./papers.js";
import type { Fault } from "./shown.js";

const dataStart = '<script type="application/json" id="data">';
const dataEnd = "</script>";
const parts = /<style>[\s\S]*?<\/style>/;

/** What a page holds: its data, and the program that checks it, which is only measured. */
function partsOf(text: string): { readonly data: HeldBill; readonly script: string } {
  const at = text.indexOf(dataStart) + dataStart.length;
  const end = text.indexOf(dataEnd, at);
  const json = text.slice(at, end);
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    return fail("corrupt", t`the data of the bill`, "JSON", json.slice(0, 40));
  }
  const held = data as Partial<HeldBill> | null;
  if (
    typeof held?.bundle !== "string" ||
    typeof held.bill?.month !== "string" ||
    !Array.isArray(held.bill.lines)
  )
    return fail("corrupt", t`the data of the bill`, t`a bill with its proofs`, json.slice(0, 40));
  const begin = text.indexOf("<script>", end) + "<script>".length;
  const script = text.slice(begin, text.lastIndexOf("</script>"));
  return { data: { tariff: null, ...held } as HeldBill, script };
}

/** The printed amount of a line. */
const printedIn =
  (text: string) =>
  (id: string): string => {
    const row = new RegExp(`<tr id="${id}">[\\s\\S]*?</tr>`).exec(text)?.[0] ?? "";
    return /class="amount">([^<]*)</.exec(row)?.[1] ?? t`no line`;
  };

/** The first place at which a page says something else than the bill that is proved; null: nowhere. */
function otherText(
  text: string,
  proved: Bill,
  { data, script }: ReturnType<typeof partsOf>,
  hasher: Hasher,
): Fault | null {
  const { bundle, tariff } = data;
  const scriptHash = toBase64(hasher.sha256(toUtf8(script)));
  const wanted = billPage(proved, { bundle, tariff, script, scriptHash }).replace(parts, "");
  const found = text.replaceAll("\r\n", "\n").replace(parts, "");
  if (wanted === found) return null;
  let at = 0;
  while (wanted[at] === found[at]) at += 1;
  const near = (page: string): string => `…${page.slice(Math.max(0, at - 16), at + 24)}…`;
  return { where: t`The text of the page`, expected: near(wanted), found: near(found) };
}

/** A fault of a bill as a person reads it: the line, what the proofs say, what the bill says. */
function faultOfLine(words: string): Fault {
  const said = /^(.*?): (?:(\w+) is|printed is) (.*), the proofs say (.*)$/.exec(words);
  if (said !== null)
    return { where: [said[1], said[2]].filter(Boolean).join(", "), expected: said[4]!, found: said[3]! };
  const at = words.indexOf(": ");
  return {
    where: words.slice(0, Math.max(0, at)) || t`The bill`,
    expected: t`what the proofs say`,
    found: words.slice(at + 1).trim(),
  };
}

function opened(held: HeldBill, printed: (id: string) => string, hasher: Hasher) {
  const { opened, proved, faults } = checkBill(held, printed, hasher);
  const total = `${proved.total} ${proved.currency}`;
  return {
    proved,
    faults: faults.map(({ words }) => faultOfLine(words)),
    facts: [
      [t`Member`, proved.participant],
      [t`Month`, proved.month],
      [t`Lines`, `${proved.lines.length}`],
      [t`Total that the proofs come to`, total],
      [t`Tariff`, proved.tariffs.map(({ name }) => name).join(", ") || t`none`],
      [t`Market`, hex(opened.marketId)],
      [t`Blocks under its head`, `${opened.size}`],
      [t`Root of its head`, hex(opened.root)],
    ] as const,
    leads: {
      size: opened.size,
      root: opened.root,
      marketId: hex(opened.marketId),
      note: decodeBundle(held.bundle).checkpoint,
    },
  };
}

const saysOf = (member: string, lines: number, faults: readonly Fault[]): string =>
  faults.length === 0
    ? counted(
        Number(lines),
        t`The bill of ${member} holds: its one line follows from the proofs in it.`,
        t`The bill of ${member} holds: all ${lines} lines follow from the proofs in it.`,
        t`The bill of ${member} holds: there is nothing to pay, as the proofs in it say.`,
      )
    : t`The bill of ${member} does not hold: what it says is not what its proofs come to.`;

/** A bill as a page. */
export function openBillPage({ text }: Recognised, hasher: Hasher): Opened {
  const own = partsOf(text);
  const found = opened(own.data, printedIn(text), hasher);
  const other = found.faults.length > 0 ? null : otherText(text, found.proved, own, hasher);
  const faults = other === null ? found.faults : [...found.faults, other];
  return { ...found, faults, says: saysOf(found.proved.participant, found.proved.lines.length, faults) };
}

/** A bill as JSON, which has no proofs of its own, with the statement that it was made from. */
export function openBillData({ text }: Recognised, bundle: string, hasher: Hasher): Opened {
  let data: Bill;
  try {
    data = JSON.parse(text) as Bill;
  } catch {
    return fail("corrupt", t`the bill`, "JSON", text.slice(0, 40));
  }
  // Nothing is printed: each line says itself what it comes to.
  const lineAt = (id: string): string => {
    const [kind, place] = id.split("-");
    const lines = kind === "line" ? data.lines : data.without?.lines;
    const [whole = "0", fraction = ""] = (lines?.[Number(place)]?.amount ?? "").split(".");
    return `${whole}.${fraction.padEnd(2, "0")}`;
  };
  const found = opened({ bill: data, bundle, tariff: null }, lineAt, hasher);
  return { ...found, says: saysOf(found.proved.participant, found.proved.lines.length, found.faults) };
}
