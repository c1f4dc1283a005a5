/** Attempts on a block: changing a copy of it to see what breaks, and checking one that came from elsewhere. */
import type { App } from "../app.js";
import { sectionWords, totalWord } from "../blockwords.js";
import { dataTable } from "../charts/figure.js";
import { el, freshId } from "../dom.js";
import { count } from "../format.js";
import { counted, t } from "../say.js";
import { carrierNames } from "../words.js";
import type { Target } from "../worker/forge.js";
import type { Forged, InLedger, Pasted, PublicHeader } from "../worker/ledger.js";
import { checkList } from "./checks.js";
import { answer, asking, busy } from "./parts.js";

const targets: readonly (readonly [Target, string])[] = [
  ["price", t`the price of a trade`],
  ["quantity", t`the energy of a trade`],
  ["order", t`the quantity of an order`],
  ["fee", t`the commission on a trade`],
  ["timestamp", t`the time in the header`],
  ["random", t`any byte at all`],
];

/** What was changed and how much of it is found, in words. */
function forgedWords(found: Forged): HTMLElement {
  const { before, after, checks } = found;
  const failed = checks.filter((check) => !check.ok).length;
  const values =
    before === "" || before === after
      ? []
      : [after === "" ? t`It said ${before}.` : t`It said ${before} and now says ${after}.`];
  const text = [
    t`Byte ${count(found.offset)} changed from ${found.byteBefore} to ${found.byteAfter}: ${found.field}.`,
    ...values,
    counted(
      checks.length,
      failed === 0 ? t`The one check holds.` : t`The one check fails.`,
      t`${failed} of ${checks.length} checks fail.`,
    ),
  ].join(" ");
  return el("p", {}, el("strong", {}, failed > 0 ? t`Found out.` : t`Not found out.`), ` ${text}`);
}

/** "Try to cheat": changes a bit of a copy and shows what breaks. `onFound` is called before and after each attempt. */
export function tampering(app: App, at: InLedger, onFound: (broken: boolean) => void): HTMLElement {
  const what = el(
    "select",
    { id: freshId("target") },
    ...targets.map(([value, name]) => el("option", { value }, name)),
  );
  const repair = el("input", { type: "checkbox" });
  const verdict = answer();
  const attempt = async (): Promise<HTMLElement[]> => {
    onFound(false);
    const target = what.value as Target;
    const found = await app.client.call("tamper", {
      ...at,
      target,
      repair: repair.checked,
      random: Math.random(),
    });
    onFound(found.checks.some((check) => !check.ok));
    return [forgedWords(found), checkList(found.checks)];
  };
  const tamper: HTMLButtonElement = el(
    "button",
    { type: "button", class: "button bad", onclick: () => void busy(tamper, verdict, attempt) },
    t`Tamper with this block`,
  );
  return asking(
    t`Try to cheat`,
    t`Changes a copy; the ledger itself stays as it is.`,
    el("div", { class: "row" }, el("label", { for: what.id }, t`What to change`), what, tamper),
    el("label", { class: "check" }, repair, t`and repair the roots, as a careful forger would`),
    verdict,
  );
}

/** What a pasted block is, in words. */
function pastedWords(found: Pasted): string {
  if (found.header !== null)
    return t`The header of block ${count(found.height)} of a private market, hash ${found.hash.slice(0, 16)}…. Everybody may have it. The records are shown to those whom they concern and to auditors, so nothing of them can be checked here.`;
  const known = found.checks.length > 0;
  const verdict = found.same
    ? t`It is the same as the one in this ledger.`
    : known
      ? t`It differs from the one in this ledger.`
      : t`This ledger has no such block.`;
  return `${t`A block of ${count(found.bytes)} bytes that says it is number ${count(found.height)}, hash ${found.hash.slice(0, 16)}….`} ${verdict}`;
}

/** What the header of a private market's block tells everybody. */
function headerTable({ marketId, period, timestampMs, counts, totals }: PublicHeader): HTMLElement {
  return dataTable({
    caption: t`What it tells everybody; totals in ticks of its market`,
    columns: [t`What`, t`Value`],
    rows: [
      [t`Market`, `${marketId.slice(0, 16)}…`],
      [t`Period`, count(period)],
      [t`Sealed`, new Date(timestampMs).toISOString()],
      ...counts.map(([name, records]) => [t`Number of ${sectionWords[name]}`, count(records)]),
      ...totals.map(([carrier, name, total]) => [
        `${carrierNames[carrier]}, ${totalWord(name)}`,
        count(Number(total)),
      ]),
    ],
  });
}

/** "Check a block": one that came from elsewhere, against this ledger. */
export function pasting(app: App, ledger: string): HTMLElement {
  const area = el("textarea", { id: freshId("paste"), spellcheck: "false" });
  const verdict = answer();
  const look = async (): Promise<HTMLElement[]> => {
    if (area.value.trim() === "") return [el("p", { class: "note" }, t`Nothing pasted yet.`)];
    const found = await app.client.call("paste", { ledger, text: area.value });
    const text = el("p", {}, pastedWords(found));
    if (found.header !== null) return [text, headerTable(found.header)];
    return found.checks.length > 0 ? [text, checkList(found.checks)] : [text];
  };
  const check: HTMLButtonElement = el(
    "button",
    { type: "button", class: "button", onclick: () => void busy(check, verdict, look) },
    t`Check it`,
  );
  return asking(
    t`Check a block`,
    t`In base64, as “Copy block” writes it.`,
    el(
      "div",
      { class: "stack" },
      el("label", { class: "unseen", for: area.id }, t`A block in base64`),
      area,
      el("div", { class: "row" }, check),
      verdict,
    ),
  );
}
