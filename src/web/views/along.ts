/** What one takes along of what is on the screen: how to cite it, how to embed its walk, and the code that makes it. */
import { version } from "../about.js";
import type { App } from "../app.js";
import { el } from "../dom.js";
import { clock } from "../format.js";
import { t } from "../say.js";
import { isDay, isOwn } from "../settings/effects.js";
import { type Settings, streetOfStory, writeHash } from "../settings/settings.js";
import { words } from "../trouble.js";
import { answer } from "./parts.js";

/** Where the page is, without what it shows. */
const pageAddress = (): string => location.href.replace(/[?#].*$/, "").replace(/index\.html$/, "");

/** Text as BibTeX has it: signs that mean something there are written out. */
const inBibtex = (text: string): string =>
  text.replaceAll(/[\\{}]/g, "").replaceAll(/[%#&_$]/g, (sign) => `\\${sign}`);

/** What is on the screen, as a citation names it. */
interface Cited {
  readonly title: string;
  readonly version: string;
  /** Address that shows the same thing again. */
  readonly url: string;
  /** The day on which it was looked at, `2026-11-29`. */
  readonly day: string;
}

const citationText = ({ title, version, url, day }: Cited): string =>
  t`gridclear contributors: ${title}. gridclear, version ${version}. ${url} (accessed ${day})`;

const citationBibtex = ({ title, version, url, day }: Cited): string =>
  [
    "@software{gridclear,",
    "  author  = {{gridclear contributors}},",
    `  title   = {${inBibtex(title)}},`,
    `  version = {${version}},`,
    `  url     = {${url}},`,
    `  urldate = {${day}},`,
    "}",
  ].join("\n");

const inHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** The walk of the settings in a frame of another page. */
const frameCode = (page: string, hash: string, title: string): string =>
  `<iframe src="${inHtml(page)}embed.html${inHtml(hash)}" title="${inHtml(title)}" width="100%" height="720" loading="lazy"></iframe>`;

/** The same as an element of its own, as high as what it shows. */
const elementCode = (page: string, hash: string): string =>
  `<script type="module" src="${inHtml(page)}walk.js"></script>\n<gridclear-walk link="${inHtml(hash)}"></gridclear-walk>`;

/** A text to be copied, in a field from which it can be taken by hand too. */
function copyable(name: string, text: string): HTMLElement {
  const area = el("textarea", {
    readonly: true,
    "aria-label": name,
    rows: Math.min(12, text.split("\n").length + 1),
  });
  area.value = text;
  const done = el("span", { class: "note", role: "status" });
  const copy = async (): Promise<void> => {
    area.select();
    try {
      await navigator.clipboard.writeText(text);
      done.textContent = t`Copied.`;
    } catch {
      done.textContent = t`Select the text and copy it.`;
    }
  };
  return el(
    "div",
    { class: "stack" },
    el("h3", {}, name),
    area,
    el(
      "div",
      { class: "row" },
      el("button", { type: "button", class: "button", onclick: () => void copy() }, t`Copy: ${name}`),
      done,
    ),
  );
}

/** The settings whose period is embedded, and made by the code. */
const periodOf = (settings: Settings): Settings => ({
  ...(settings.view === "story" ? { ...streetOfStory, currency: settings.currency } : settings),
  view: "period",
});

/** Why no program makes what is on the screen; null where one does. */
function whyNoCode(app: App, settings: Settings): string | null {
  if (["bench", "live", "notary"].includes(settings.view))
    return t`What this view shows follows from no settings, so there is no code for it.`;
  if (isOwn(settings.view, app.own))
    return t`Your own orders are in no link: gridclear clear takes their file.`;
  return isDay(settings)
    ? null
    : t`A region this large has no day, and is in no block: the code is that of a community.`;
}

/** The code, once the worker has written it. */
function codePart(app: App, settings: Settings): HTMLElement {
  const why = whyNoCode(app, settings);
  if (why !== null) return el("p", { class: "note" }, why);
  const place = answer();
  const shown = periodOf(settings);
  app.client.call("code", shown).then(
    (text) =>
      place.replaceChildren(
        el(
          "p",
          { class: "note" },
          t`For Node, where gridclear is installed: it trades the day as far as ${clock(shown.time)} and prints the block of that period. Its hash is the one that Ledger shows.`,
        ),
        copyable(t`Code`, text),
      ),
    (error: unknown) => place.replaceChildren(el("p", { class: "notice bad" }, words(error))),
  );
  return place;
}

/** Opens the dialog. */
export function openAlong(app: App): void {
  const settings = app.settings();
  const opener = document.activeElement;
  const page = pageAddress();
  const cited: Cited = {
    title: document.title,
    version,
    url: page + writeHash(settings),
    day: new Date().toISOString().slice(0, 10),
  };
  const walked = periodOf(settings);
  const hash = writeHash(walked);
  const dialog = el("dialog", { class: "detail along", "aria-labelledby": "along-name" });
  const embeds =
    isOwn("period", app.own) || ["bench", "live", "notary"].includes(settings.view)
      ? [el("p", { class: "note" }, t`There is no walk of this to embed.`)]
      : [
          el(
            "p",
            { class: "note" },
            t`The walk through the period, on a page of yours. It asks nobody but the host of this page, and has a policy of its own.`,
          ),
          copyable(t`Frame`, frameCode(page, hash, t`gridclear: the market of one period`)),
          copyable(t`Element`, elementCode(page, hash)),
        ];
  dialog.append(
    el(
      "div",
      { class: "inside stack" },
      el(
        "div",
        { class: "head" },
        el("h2", { id: "along-name" }, t`Cite, embed, code`),
        el("button", { type: "button", class: "button", onclick: () => dialog.close() }, t`Close`),
      ),
      copyable(t`Citation`, citationText(cited)),
      copyable(t`BibTeX`, citationBibtex(cited)),
      ...embeds,
      codePart(app, settings),
    ),
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener instanceof HTMLElement) opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
