/**
 * The person's own orders: a file chosen, or dropped anywhere on the page. It is read in the worker, with progress and
 * a way to end it; what was shown before stays until the new file has been read whole, and the page says which it is.
 */
import type { App, Message } from "../app.js";
import { download, el, freshId } from "../dom.js";
import { takeDrops } from "../drops.js";
import { count, share } from "../format.js";
import { counted, t } from "../say.js";
import { words } from "../trouble.js";
import { mostBytes } from "../worker/own/bring.js";
import type { Encoding } from "../worker/own/decode.js";
import { isOwn, type OwnFile } from "./effects.js";
import type { Control } from "./fields.js";

/** A file to begin with: the worked case of the market rules. */
const sample = [
  "side,id,quantity,price",
  "offer,Solar roof,10,3",
  "offer,Wind turbine,4,2",
  "bid,Bakery,6,5",
  "bid,School,7,4",
  "",
].join("\r\n");

const megabytes = (bytes: number): string => `${count(Math.ceil(bytes / 1024 / 1024))} MB`;

/** What is on the page while and after a file was not taken. */
const still = ({ own }: App): string =>
  own === null ? t`The page still shows the community.` : t`The page still shows ${own.name}.`;

/** How far a file has been read, with a way to end it. */
function progressOf(file: File, onCancel: () => void) {
  const bar = el("progress", { max: 1, value: 0, "aria-label": t`Reading ${file.name}` });
  const cancel = el("button", { type: "button", class: "button", onclick: onCancel }, t`Cancel`);
  return {
    element: el("div", { class: "row reading" }, bar, cancel),
    show(part: number): void {
      bar.value = part;
      bar.textContent = share(part, 1);
    },
  };
}

/** The question about a file that is not UTF-8: it is never read as something else without asking. */
function asking(
  app: App,
  file: File,
  { line, sample: text }: { readonly line: number; readonly sample: string },
  yes: () => void,
): Message {
  const button = el(
    "button",
    { type: "button", class: "button main", onclick: yes },
    t`Read it as Windows-1252`,
  );
  return {
    bad: true,
    text: `${t`${file.name} is not in UTF-8. As Windows-1252, which older programs write, line ${count(line)} reads “${text}”. If that is right, it can be read so; else save it again as UTF-8.`} ${still(app)}`,
    parts: [el("div", { class: "row" }, button)],
  };
}

/** Reads files one at a time: a newer one ends the reading of an older. */
function createReader(app: App): (file: File | undefined) => Promise<void> {
  let number = 0;
  let controller = new AbortController();
  async function read(file: File, encoding: Encoding): Promise<void> {
    controller.abort();
    const mine = new AbortController();
    controller = mine;
    const own: OwnFile = { number: ++number, name: file.name };
    const progress = progressOf(file, () => {
      mine.abort();
      app.tell({ text: `${t`${file.name} was not read to its end.`} ${still(app)}` });
    });
    app.tell({
      text: `${t`Reading ${file.name}, ${megabytes(file.size)}.`} ${still(app)}`,
      parts: [progress.element],
    });
    try {
      const found = await app.client.call(
        "bring",
        { number: own.number, file, encoding },
        { signal: mine.signal, onNews: progress.show },
      );
      if (found.kind === "encoding") {
        app.tell(asking(app, file, found, () => void read(file, "windows-1252")));
        return;
      }
      const said = counted(
        found.count,
        t`${file.name}: 1 order.`,
        t`${file.name}: ${count(found.count)} orders.`,
      );
      app.tell({ text: [said, ...found.notes].join(" ") });
      const { carrier, view } = app.settings();
      app.show(own, {
        carrier: found.carriers.includes(carrier) ? carrier : found.carriers[0]!,
        view: isOwn(view, own) ? view : "period",
      });
    } catch (error) {
      if (!mine.signal.aborted)
        app.tell({ bad: true, text: `${t`${file.name} was not taken.`} ${words(error)} ${still(app)}` });
    }
  }

  return async (file) => {
    if (file === undefined) return;
    if (file.size > mostBytes)
      return app.tell({
        bad: true,
        text: `${t`${file.name} was not taken: it has ${megabytes(file.size)}, and this page reads at most ${megabytes(mostBytes)}. The command line (gridclear clear) takes more.`} ${still(app)}`,
      });
    await read(file, "utf-8");
  };
}

/** The part of the panel; `other` takes a dropped file that is not of orders, and says whether it did. */
export function ownOrders(app: App, other: (file: File) => Promise<boolean>): Control {
  const take = createReader(app);
  takeDrops({
    words: t`Drop a CSV of orders, or a scenario file`,
    wants: () => app.settings().view !== "notary",
    take: ({ files: [file] }) => {
      if (file !== undefined) void other(file).then((taken) => (taken ? undefined : take(file)));
    },
  });
  const says = el("p", {});
  const input = el("input", {
    type: "file",
    accept: ".csv,.txt,.tsv,text/csv,text/plain",
    class: "unseen",
    id: freshId("file"),
    tabindex: -1,
    onchange: () =>
      void take(input.files?.[0]).finally(() => {
        input.value = "";
      }),
  });
  const button = (text: string, kind: string, onclick: () => void): HTMLButtonElement =>
    el("button", { type: "button", class: `button ${kind}`, onclick }, text);
  const back = button(t`Back to the community`, "plain", () => {
    app.tell(null);
    app.show(null);
  });
  const element = el(
    "fieldset",
    {},
    el("legend", {}, t`Your own orders`),
    el(
      "div",
      { class: "drop" },
      says,
      el("label", { class: "unseen", for: input.id }, t`Order file`),
      input,
      el(
        "div",
        { class: "row" },
        button(t`Choose a CSV`, "", () => input.click()),
        button(t`Sample file`, "plain", () =>
          download("orders.csv", new Blob([sample], { type: "text/csv" })),
        ),
        back,
      ),
    ),
  );
  return {
    element,
    follow({ view }) {
      says.textContent =
        app.own === null
          ? t`A CSV with the columns side (offer or bid), id, quantity (kWh) and price (per kWh), up to ${megabytes(mostBytes)}. Choose one, or drop it anywhere on the page. It stays in this browser, until the page is closed.`
          : isOwn(view, app.own)
            ? t`Showing ${app.own.name}.`
            : t`This view shows the community. ${app.own.name} is in Period and Compare.`;
      back.hidden = app.own === null;
    },
  };
}
