/** My home: one member of the community, whose day is seen from its own door. */
import { carriers } from "../../units.js";
import type { App, View } from "../app.js";
import type { Day } from "../days.js";
import { el, freshId } from "../dom.js";
import { share } from "../format.js";
import { t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import { carrierNames, carrierWords, kindWords } from "../words.js";
import type { HomeShown, MemberListed } from "../worker/home/account.js";
import { openBill } from "./homebill.js";
import { openHomeCharts } from "./homecharts.js";
import { moneyTiles, openMoney } from "./homemoney.js";
import { openWhy } from "./homewhy.js";
import { head, tileRow } from "./parts.js";

/** The list from which a member is chosen. */
function openPicker(onPick: (member: number) => void): {
  readonly element: HTMLElement;
  show(members: readonly MemberListed[], member: number): void;
} {
  const id = freshId("door");
  const list = el("select", { id, onchange: () => onPick(Number(list.value)) });
  let listed = "";
  return {
    element: el("div", { class: "field door" }, el("label", { for: id }, t`Whose door`), list),
    show(members, member) {
      const key = JSON.stringify(members);
      if (key !== listed) {
        const groups = new Map<string, HTMLOptGroupElement>();
        for (const { number, name, kind, group } of members) {
          const into = groups.get(group) ?? el("optgroup", { label: kindWords[group].all });
          groups.set(group, into);
          into.append(el("option", { value: number }, `${name}, ${kind}`));
        }
        list.replaceChildren(...groups.values());
        listed = key;
      }
      list.value = String(member);
    },
  };
}

const leadText = t`Pick one member of the community and see its day from its own door: what it earned and paid, why its orders were served or not, and its bill with the proofs.`;

/** Whose door it is, in words. */
function leadOf({ members, member }: HomeShown, { carrier }: Settings): string {
  const { name, kind } = members[member]!;
  return t`${name}, ${kind}. Energy in the pictures: ${carrierNames[carrier]}.`;
}

/** The kinds of energy that a member trades, as a person lists them. */
const listOf = ({ moved }: HomeShown): string =>
  carriers
    .filter((carrier) => moved.includes(carrier))
    .map((carrier) => carrierWords[carrier])
    .join(", ");

/** Everything that is shown of a member below the list: tiles, money, pictures, reasons and bill. */
function openCards(app: App): {
  readonly element: HTMLElement;
  draw(key: string, now: HomeShown, settings: Settings): void;
  /** Shows the period that the settings name. */
  drawPeriod(key: string, now: HomeShown, settings: Settings): void;
} {
  const pick = (place: number): void => app.update({ time: place * app.settings().minutes }, true);
  const tiles = tileRow();
  const bookkeeping = openMoney();
  const nothing = el("p", { class: "notice", hidden: true });
  const charts = openHomeCharts(pick);
  const why = openWhy(app, pick);
  const bill = openBill(app);
  const element = el(
    "div",
    { class: "view", hidden: true },
    tiles,
    bookkeeping.element,
    nothing,
    ...charts.elements,
    why.element,
    bill.element,
  );
  function drawPeriod(key: string, { member, members }: HomeShown, settings: Settings): void {
    charts.mark(Math.floor(settings.time / settings.minutes));
    why.show(key, member, members[member]!.name, settings);
  }
  return {
    element,
    drawPeriod,
    draw(key, now, settings) {
      const { name } = now.members[now.member]!;
      const { carrier, minutes } = settings;
      tiles.replaceChildren(...moneyTiles(now, carrier));
      bookkeeping.show(now, name);
      nothing.hidden = now.moved.includes(carrier);
      nothing.textContent = t`${name} neither buys nor sells any of this: choose ${listOf(now)} under Energy.`;
      charts.draw(now.days[carrier], minutes, name);
      drawPeriod(key, now, settings);
      bill.show(key, now.member, name);
      element.hidden = false;
    },
  };
}

/** Asks for the member that the settings name, once for each day and member. */
function openAsking(
  app: App,
  took: (key: string, shown: HomeShown) => void,
  failed: (error: unknown) => void,
): { ask(day: Day): boolean; forget(): void } {
  let asked = "";
  let running = new AbortController();
  return {
    /** Whether it has to be asked for; where the day is not there yet it will be. */
    ask({ key, done }) {
      const { home } = app.settings();
      if (done === null || asked === `${home} ${key}`) return false;
      asked = `${home} ${key}`;
      running.abort();
      running = new AbortController();
      const { signal } = running;
      app.client.call("home", { ledger: key, member: home }, { signal }).then(
        (shown) => took(key, shown),
        (error: unknown) => {
          if (!signal.aborted) failed(error);
        },
      );
      return true;
    },
    forget() {
      asked = "";
    },
  };
}

export function openHome(app: App): View {
  let day: Day | null = null;
  let shown: HomeShown | null = null;
  const trouble = createTrouble(() => {
    asking.forget();
    if (day?.error != null) app.days.retry();
    else if (day !== null) follow(day);
  });
  const lead = el("p", { class: "lead" }, leadText);
  const progress = el("p", { class: "note", role: "status" });
  const picker = openPicker((home) => app.update({ home }));
  const cards = openCards(app);
  const parts = [head(t`My home`, lead), trouble.element, picker.element, progress, cards.element];
  const element = el("div", { class: "view" }, ...parts);

  function draw(key: string, now: HomeShown): void {
    shown = now;
    lead.textContent = leadOf(now, app.settings());
    progress.hidden = true;
    picker.show(now.members, now.member);
    cards.draw(key, now, app.settings());
    element.dataset.ready = "";
  }
  const asking = openAsking(
    app,
    (key, now) => {
      draw(key, now);
      app.announce(t`The day of ${now.members[now.member]!.name}.`);
    },
    (error) => trouble.show(t`This home could not be shown.`, error),
  );
  /** Follows the day until it is traded. */
  function follow(now: Day): void {
    day = now;
    if (now.error !== null) trouble.show(t`The day could not be traded.`, now.error);
    else trouble.hide();
    const whole = 1440 / now.settings.minutes;
    progress.hidden = now.done !== null;
    progress.textContent = t`Trading the day: ${share(Math.floor((100 * now.periods.length) / whole) / 100, 1)}`;
    if (asking.ask(now) || now.done === null) element.removeAttribute("data-ready");
  }
  app.days.watch((now) => {
    if (app.settings().view === "home") follow(now);
  });

  let before = app.settings();
  return {
    element,
    show(next) {
      const changed = before.carrier !== next.carrier;
      before = next;
      const now = app.days.open(next);
      follow(now);
      // Otherwise it is on its way.
      if (shown === null || element.dataset.ready === undefined) return;
      if (changed) draw(now.key, shown);
      else cards.drawPeriod(now.key, shown, next);
    },
  };
}
