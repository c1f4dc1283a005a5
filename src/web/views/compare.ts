/** Two sets of rules on the same orders, A and B: what each makes of them, and who gains and who loses. */
import type { App, View } from "../app.js";
import { el } from "../dom.js";
import { span } from "../format.js";
import { latest } from "../latest.js";
import { t } from "../say.js";
import { againstOf, otherMechanism, writeRules } from "../settings/against.js";
import { isOwn, keyOf } from "../settings/effects.js";
import { createFields } from "../settings/fields.js";
import { rulesFields } from "../settings/panel.js";
import { consistent, type Settings } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import { askForOrders, waitingWords } from "./asking.js";
import { changesCard, curvesCard, gainsCard, groupsCard, moversCard, versusCard } from "./comparecards.js";
import { apartWords, verdictOf } from "./comparewords.js";
import { openDayBoth } from "./dayboth.js";
import { head, part } from "./parts.js";
import { bothRules, namesOf, rulesInWords } from "./rulewords.js";
import { openSeeds } from "./seeds.js";

const leadOf = (app: App, { time, minutes }: Settings): string =>
  isOwn("compare", app.own)
    ? t`The orders of ${app.own!.name}, cleared once by rules A and once by rules B.`
    : t`The orders of ${span(time, minutes)}, cleared once by rules A and once by rules B.`;

/** What A and B say, and the controls of B; those of A are the settings themselves. */
function rulesCard(app: App): { readonly element: HTMLElement; follow(settings: Settings): void } {
  // The same controls as those of the settings, writing to the rules that are held against them.
  const update: App["update"] = (change, quiet) => {
    const now = app.settings();
    app.update({ against: writeRules(consistent({ ...againstOf(now), ...change })) }, quiet);
  };
  const fields = createFields(Object.assign(Object.create(app) as App, { update }));
  const said = [el("dd", {}), el("dd", {})] as const;
  const back = el(
    "button",
    { type: "button", class: "button", onclick: () => app.update({ against: otherMechanism }) },
    t`The other matching rule again`,
  );
  const swap = el(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () => {
        const now = app.settings();
        app.update({ ...rulesOnly(againstOf(now)), against: writeRules(now) });
      },
    },
    t`Swap A and B`,
  );
  const element = part(
    t`The rules`,
    t`A is what the settings say. B is chosen here.`,
    el("dl", { class: "both-rules" }, el("dt", {}, "A"), said[0], el("dt", {}, "B"), said[1]),
    el(
      "details",
      { class: "behind" },
      el("summary", {}, t`Choose other rules for B`),
      el(
        "form",
        { class: "both-form", onsubmit: (event: Event) => event.preventDefault() },
        rulesFields(fields, t`Rules B`),
      ),
    ),
    el("div", { class: "row" }, swap, back),
  );
  return {
    element,
    follow(settings) {
      const both = bothRules(settings);
      fields.follow(both[1]);
      both.forEach((rules, index) => {
        said[index]!.textContent = rulesInWords(rules);
      });
      back.hidden = settings.against === otherMechanism;
    },
  };
}

const rulesOnly = ({ mechanism, pricing, blend, pool, poolPrice, lots }: Settings): Partial<Settings> => ({
  mechanism,
  pricing,
  blend,
  pool,
  poolPrice,
  lots,
});

export function openCompare(app: App): View {
  let lastKey = "";
  const lead = el("p", { class: "lead" });
  const verdict = el("p", { class: "notice comparison", role: "status" }, t`Clearing the same orders twice…`);
  const apart = el("p", { class: "note apart", hidden: true });
  const rules = rulesCard(app);
  const both = openDayBoth(app);
  const seeds = openSeeds(app);
  const movers = [
    moversCard(t`Gain most under B`, t`Gain most under B, largest first`, ({ winners }) => winners),
    moversCard(t`Lose most under B`, t`Lose most under B, largest first`, ({ losers }) => losers),
  ];
  const cards = [curvesCard(), versusCard(), gainsCard(), changesCard(), groupsCard()];
  const trouble = createTrouble(() => compare({ settings: app.settings(), key: lastKey }));
  const element = el(
    "div",
    { class: "view" },
    head(t`Two sets of rules, the same orders`, lead),
    trouble.element,
    rules.element,
    verdict,
    apart,
    ...cards.map((card) => card.element),
    el("div", { class: "pair" }, ...movers.map((card) => card.element)),
    both.element,
    ...seeds.elements,
  );
  const compare = latest(async ({ settings, key }: { settings: Settings; key: string }, signal) => {
    try {
      const found = await askForOrders(app, "compare", settings, {
        signal,
        onNews: (part) => {
          verdict.textContent = waitingWords(settings, part);
        },
      });
      trouble.hide();
      verdict.textContent = verdictOf(found);
      apart.textContent = apartWords(found);
      apart.hidden = apart.textContent === "";
      const sets = bothRules(settings);
      for (const card of [...cards, ...movers]) card.draw({ found, rules: sets, names: namesOf(sets) });
    } catch (error) {
      if (signal.aborted) return;
      trouble.show(t`This could not be compared.`, error);
    }
    if (key === lastKey) element.dataset.ready = "";
  });
  return {
    element,
    show(settings) {
      rules.follow(settings);
      both.show(settings);
      seeds.show(settings);
      const key = keyOf("compare", settings, app.own);
      if (key === lastKey) return;
      lastKey = key;
      lead.textContent = leadOf(app, settings);
      element.removeAttribute("data-ready");
      compare({ settings, key });
    },
  };
}
