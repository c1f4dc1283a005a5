/** The notary: what somebody else sent is checked here; what does not hold is shown beside what should stand there. */
import type { App, View } from "../app.js";
import { download, el, freshId } from "../dom.js";
import { takeDrops } from "../drops.js";
import { count } from "../format.js";
import { takeOver } from "../handed.js";
import { t } from "../say.js";
import { words } from "../trouble.js";
import type { Source } from "../worker/notary/notary.js";
import { mostHandedBytes, type Progress, type Verdict } from "../worker/notary/shown.js";
import { chosen, dropped } from "./notary/files.js";
import { type KeptCard, openKeptCard } from "./notary/kept.js";
import { type LedgerActions, verdictCard } from "./notary/verdict.js";
import { asking, busy, head } from "./parts.js";

/** How far the checking has come, with a way to end it. */
function progressRow(onEnd: () => void) {
  const bar = el("progress", { max: 1, "aria-label": t`Checking` });
  const note = el("p", { class: "note" }, t`Reading what you handed over…`);
  const end = el("button", { type: "button", class: "button", onclick: onEnd }, t`End it`);
  return {
    element: el("div", { class: "card stack" }, note, el("div", { class: "row reading" }, bar, end)),
    show({ done, of }: Progress): void {
      bar.value = done / of;
      note.textContent = t`Checked and executed again: ${count(done)} of ${count(of)} blocks`;
    },
  };
}

/** What a person trusts: a key, a head. */
function trustFields(onCheck: () => void): { readonly element: HTMLElement; readonly texts: () => string[] } {
  const area = (id: string, placeholder: string): HTMLTextAreaElement =>
    el("textarea", { id, spellcheck: "false", autocomplete: "off", placeholder });
  const [keyId, headId] = [freshId("key"), freshId("head")];
  const key = area(keyId, t`64 hexadecimal digits, or a line as gridclear keys show prints it`);
  const headArea = area(headId, t`the lines that begin with gridclear/…`);
  const element = el(
    "details",
    { class: "behind" },
    el("summary", {}, t`Whom you trust (optional)`),
    el(
      "div",
      { class: "stack" },
      el(
        "p",
        { class: "note" },
        t`A file can hold in itself and still be another one than everybody else’s. A head, or the platform’s key, from a source of your own settles that. They may be dropped as files too.`,
      ),
      el("label", { for: keyId }, t`The platform’s public key`),
      key,
      el("label", { for: headId }, t`A head of the ledger`),
      headArea,
      el(
        "div",
        { class: "row" },
        el("button", { type: "button", class: "button", onclick: onCheck }, t`Check again with it`),
      ),
    ),
  );
  return { element, texts: () => [key.value, headArea.value] };
}

/** The buttons by which files are handed over, and the samples. */
function handing(judge: (source: Source) => void): HTMLElement {
  const input = (more: Record<string, unknown>, label: string) => {
    const id = freshId("sent");
    const field: HTMLInputElement = el("input", {
      ...{ type: "file", multiple: true, class: "unseen", tabindex: -1, id },
      ...more,
      onchange: () => {
        const files = chosen(field.files);
        field.value = "";
        if (files.length > 0) judge({ from: "files", files });
      },
    });
    return { field, label: el("label", { class: "unseen", for: id }, label) };
  };
  const files = input({}, t`Files to check`);
  const folder = input({ webkitdirectory: true }, t`Folder to check`);
  const button = (text: string, kind: string, onclick: () => void): HTMLElement =>
    el("button", { type: "button", class: `button ${kind}`, onclick }, text);
  return asking(
    t`Hand it over`,
    t`It stays in this browser, and is found out by what stands in it.`,
    el(
      "div",
      { class: "stack" },
      el(
        "div",
        { class: "drop" },
        el(
          "p",
          {},
          t`Drop it anywhere on this page, or choose it: a ledger as gridclear export writes it (file or JSON) or its whole folder, a block, a statement, a proof, a bill. A snapshot, a head or the platform’s key may come with it. At most ${count(mostHandedBytes / 1024 / 1024)} MB together.`,
        ),
        files.label,
        files.field,
        folder.label,
        folder.field,
        el(
          "div",
          { class: "row" },
          button(t`Choose files`, "main", () => files.field.click()),
          button(t`Choose a folder`, "", () => folder.field.click()),
        ),
      ),
      el(
        "div",
        { class: "row" },
        el("span", { class: "note" }, t`Nothing at hand?`),
        button(t`Try a good one`, "", () => judge({ from: "sample", isForged: false })),
        button(t`Try a forged one`, "", () => judge({ from: "sample", isForged: true })),
      ),
    ),
  );
}

/** What is said where only what others are held against was handed over. */
const alone = (): HTMLElement =>
  el(
    "p",
    { class: "notice", role: "status" },
    t`Keys, heads and snapshots are held against something: hand over the ledger, the statement or the proof as well.`,
  );

/** What can be done with the ledger that was judged last. */
const ledgerActions = (app: App, onKept: KeptCard["show"], begin: LedgerActions["begin"]): LedgerActions => ({
  begin,
  keep: (button, into) =>
    void busy(button, into, async () => {
      const onNews = ({ done, of }: Progress): void => {
        into.textContent = t`Keeping ${count(done)} of ${count(of)} blocks…`;
      };
      onKept(await app.client.call("keep", null, { onNews }));
      return [el("p", {}, t`Kept in this browser, under the id of its market.`)];
    }),
  save: (button, into) =>
    void busy(button, into, async () => {
      download("ledger.gclf", await app.client.call("saved", { ledger: null }));
      return [el("p", {}, t`Saved as ledger.gclf.`)];
    }),
});

export function openNotary(app: App): View {
  const results = el("div", { class: "view" });
  let running: AbortController | null = null;

  async function judge(source: Source, snapshot: number | null = null): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    // What was said of a file before says nothing of these.
    if (source.from === "files") app.tell(null);
    const progress = progressRow(() => mine.abort());
    results.replaceChildren(progress.element);
    try {
      const input = { source, beside: trust.texts(), snapshot };
      const verdicts = await app.client.call("notarize", input, {
        signal: mine.signal,
        onNews: progress.show,
      });
      show(verdicts);
    } catch (error) {
      if (running !== mine) return;
      const text = mine.signal.aborted
        ? t`Ended before everything was checked: nothing can be said.`
        : words(error);
      results.replaceChildren(el("p", { class: "notice bad", role: "alert" }, text));
    }
  }

  const show = (verdicts: readonly Verdict[]): void => {
    const actions = ledgerActions(app, kept.show, (snapshot) => void judge({ from: "last" }, snapshot));
    results.replaceChildren(
      ...(verdicts.length === 0 ? [alone()] : verdicts.map((verdict) => verdictCard(verdict, actions))),
    );
    app.announce(verdicts.map(({ says }) => says).join(" "));
    results.scrollIntoView({ block: "nearest" });
  };
  const trust = trustFields(() => void judge({ from: "last" }));
  const kept = openKeptCard(app, (marketId) => void judge({ from: "kept", marketId }));
  const hand = handing((source) => void judge(source));
  hand.append(trust.element);
  takeDrops({
    words: t`Drop what you were sent`,
    wants: () => app.settings().view === "notary",
    take: (transfer) => void dropped(transfer).then((files) => judge({ from: "files", files })),
  });
  const lead = el(
    "p",
    { class: "lead" },
    t`Were you sent a ledger, a statement, a proof or a bill? Hand it over: every hash is worked out and every period executed again, here, and you see whether it holds, and if not, what should stand there.`,
  );
  const element = el("div", { class: "view" }, head(t`The notary`, lead), hand, results, kept.element);
  return {
    element,
    show() {
      const handed = takeOver();
      if (handed !== null) void judge(handed);
      void kept.refresh().finally(() => {
        element.dataset.ready = "";
      });
    },
  };
}
