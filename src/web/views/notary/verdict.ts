/** A verdict as a card: the answer first, then where it comes from and whom one has to trust. */
import { dataTable } from "../../charts/figure.js";
import { el, freshId } from "../../dom.js";
import { count } from "../../format.js";
import { t } from "../../say.js";
import type { Verdict } from "../../worker/notary/shown.js";
import { badBlock, faultTable } from "./badblock.js";
import { sentChain } from "./chain.js";
import { kindWords } from "./words.js";

/** What a person may do with a ledger that was judged. */
export interface LedgerActions {
  keep(button: HTMLButtonElement, into: HTMLElement): void;
  save(button: HTMLButtonElement, into: HTMLElement): void;
  /** Checks it again, from the snapshot of that height on, or from the first block. */
  begin(snapshot: number | null): void;
}

const sign = (isGood: boolean | null): string => (isGood === null ? "?" : isGood ? "✓" : "✗");
const answerOf = (isGood: boolean | null): string =>
  isGood === null ? t`Not judged.` : isGood ? t`It holds.` : t`It does not hold.`;
const look = (isGood: boolean | null): string => (isGood === null ? "open" : isGood ? "held" : "broke");

function signatureTable({ signatures }: Verdict): HTMLElement {
  return dataTable({
    caption: t`Who signed`,
    columns: [t`Who`, t`What`, t`Signatures`],
    rows: signatures.map(({ who, what, isValid }) => [
      who,
      what,
      isValid === null ? t`not checked: whose key it is, nobody said` : isValid ? t`✓ valid` : t`✗ not valid`,
    ]),
  });
}

const factList = ({ facts }: Verdict): HTMLElement =>
  el(
    "dl",
    { class: "facts" },
    ...facts.flatMap(([name, value]) => [
      el("dt", {}, name),
      el("dd", /^[0-9a-f]{64}$/.test(value) ? { class: "hash" } : {}, value),
    ]),
  );

/** What can be done with the ledger of a verdict. */
function actionRow({ isGood, ledger }: Verdict, actions: LedgerActions): HTMLElement[] {
  const { snapshots, from } = ledger!;
  const into = el("div", { class: "answer", role: "status" });
  const button = (text: string, act: (self: HTMLButtonElement) => void): HTMLElement => {
    const self: HTMLButtonElement = el(
      "button",
      { type: "button", class: "button", onclick: () => act(self) },
      text,
    );
    return self;
  };
  const beginnings = [
    ...(from === null ? [] : [button(t`Execute it from the first block`, () => actions.begin(null))]),
    ...snapshots
      .filter((height) => height !== from)
      .map((height) =>
        button(t`Execute it from the snapshot of block ${count(height)} on`, () => actions.begin(height)),
      ),
  ];
  return [
    el(
      "div",
      { class: "row" },
      isGood === true ? button(t`Keep it in this browser`, (self) => actions.keep(self, into)) : null,
      button(t`Save it as a ledger file`, (self) => actions.save(self, into)),
      ...beginnings,
    ),
    into,
  ];
}

/** Makes the card. */
export function verdictCard(verdict: Verdict, actions: LedgerActions): HTMLElement {
  const { kind, name, isGood, says, faults, trust, notes, signatures, ledger, facts } = verdict;
  const id = freshId("verdict");
  return el(
    "section",
    { class: `card sent ${look(isGood)}`, "aria-labelledby": id },
    el("div", { class: "head" }, el("h2", { id }, t`${kindWords(kind)}: ${name}`)),
    el(
      "div",
      { class: "stack" },
      el(
        "p",
        { class: "judged" },
        el("span", { class: "sign", "aria-hidden": "true" }, sign(isGood)),
        el("span", {}, el("strong", {}, answerOf(isGood)), ` ${says}`),
      ),
      faults.length > 0 ? faultTable(faults) : null,
      ...(ledger === null ? [] : [sentChain(ledger, freshId("sent"))]),
      ledger?.bad ? badBlock(ledger.bad) : null,
      ...(trust.length > 0
        ? [el("h3", {}, t`Whom you trust for it`), ...trust.map((each) => el("p", {}, each))]
        : []),
      signatures.length > 0 ? signatureTable(verdict) : null,
      ...notes.map((each) => el("p", { class: "note" }, each)),
      facts.length > 0 ? factList(verdict) : null,
      ...(ledger === null ? [] : actionRow(verdict, actions)),
    ),
  );
}
