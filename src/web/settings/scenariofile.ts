/**
 * The market as a scenario file: that of the settings saved, or one that is chosen or dropped anywhere on the page. The
 * page trades such a file until it is closed, and says what is wrong with one that it does not take.
 */
import type { App } from "../app.js";
import { download, el, freshId } from "../dom.js";
import { count } from "../format.js";
import { counted, t } from "../say.js";
import { words } from "../trouble.js";
import { showsScenario } from "./effects.js";
import type { Control } from "./fields.js";

/** Largest scenario file that is read, in bytes; so many characters are the most that one may have. */
const mostBytes = 1_000_000;
/** Most faults that are listed. */
const mostFaults = 12;

/** Whether a file begins as a scenario does: with an object, or a comment before it. No table of orders does. */
async function isScenario(file: File): Promise<boolean> {
  const begin = (await file.slice(0, 64).text()).trimStart();
  return /^(?:\{|\/\/|\/\*)/.test(begin);
}

/** What is on the page while and after a file was not taken. */
const still = ({ scenario }: App): string =>
  scenario === null ? t`The page still shows the community.` : t`The page still shows ${scenario.name}.`;

/** Reads a scenario file and shows its market, or says all that is wrong with it where one looks. */
function createTaker(app: App): (file: File) => Promise<void> {
  let last = 0;
  return async (file) => {
    const number = ++last;
    const refuse = (said: string, faults: readonly string[] = []): void => {
      const list = faults
        .slice(0, mostFaults)
        .map((fault) => el("li", { lang: "en" }, el("code", {}, fault)));
      const more = faults.length - list.length;
      app.tell({
        bad: true,
        text: `${t`${file.name} was not taken.`} ${said} ${still(app)}`,
        parts: [
          ...(list.length === 0 ? [] : [el("ul", {}, ...list)]),
          ...(more > 0 ? [el("p", {}, t`And ${count(more)} more.`)] : []),
        ],
      });
    };
    if (file.size > mostBytes) return refuse(t`A scenario file has at most ${count(mostBytes)} bytes.`);
    try {
      const found = await app.client.call("bringScenario", { number, text: await file.text() });
      // A newer file was brought meanwhile.
      if (number !== last) return;
      if (found.kind === "refused")
        return refuse(
          t`This is what gridclear scenario check would say as well, or what only this page lacks:`,
          found.problems,
        );
      const { members, minutes } = found.settings.all;
      const said = counted(
        members,
        t`${file.name} is traded: 1 member, periods of ${minutes} minutes.`,
        t`${file.name} is traded: ${count(members)} members, periods of ${minutes} minutes.`,
      );
      app.tell({ text: found.isLonger ? `${said} ${t`The page trades the first of its days.`}` : said });
      const { view } = app.settings();
      // Its settings stay where its market is not shown, for the length of a period is that of the address.
      const change = { minutes, block: -1, home: -1, view: showsScenario(view) ? view : ("day" as const) };
      app.use({ number, name: file.name, settings: found.settings }, change);
    } catch (error) {
      if (number === last) refuse(words(error));
    }
  };
}

/** The part of the panel, and what takes a dropped file: it says whether the file is a scenario. */
export function scenarioFiles(app: App): Control & { take(file: File): Promise<boolean> } {
  const read = createTaker(app);
  const says = el("p", {});
  const input = el("input", {
    type: "file",
    accept: ".json,.jsonc,application/json",
    class: "unseen",
    id: freshId("file"),
    tabindex: -1,
    onchange: () => {
      const file = input.files?.[0];
      if (file !== undefined)
        void read(file).finally(() => {
          input.value = "";
        });
    },
  });
  const button = (text: string, kind: string, onclick: () => void): HTMLButtonElement =>
    el("button", { type: "button", class: `button ${kind}`, onclick }, text);
  const save = async (): Promise<void> => {
    try {
      const text = await app.client.call("saveScenario", app.settings());
      download("scenario.json", new Blob([text], { type: "application/json" }));
    } catch (error) {
      app.tell({ bad: true, text: words(error) });
    }
  };
  const back = button(t`Back to the settings`, "plain", () => {
    app.tell(null);
    app.use(null);
  });
  const row = el(
    "div",
    { class: "row" },
    button(t`Save the market`, "", () => void save()),
    button(t`Choose a scenario`, "", () => input.click()),
    back,
  );
  const label = el("label", { class: "unseen", for: input.id }, t`Scenario file`);
  const element = el(
    "fieldset",
    {},
    el("legend", {}, t`The market as a file`),
    el("div", { class: "drop" }, says, label, input, row),
  );
  return {
    element,
    follow({ view }) {
      says.textContent =
        app.scenario === null
          ? t`Saved, the market of these settings is a scenario file, which gridclear run trades on any machine. Such a file can be chosen, or dropped anywhere on the page, and is traded here. It stays in this browser, until the page is closed.`
          : showsScenario(view)
            ? t`Showing ${app.scenario.name}.`
            : t`This view shows the settings. ${app.scenario.name} is in Period, Day, My home and Ledger.`;
      back.hidden = app.scenario === null;
    },
    async take(file) {
      if (!(await isScenario(file))) return false;
      await read(file);
      return true;
    },
  };
}
