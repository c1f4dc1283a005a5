/**
 * The report of a study: one HTML file that needs nothing else, with a chart and a row of a table for each measure. It
 * runs no script, and its policy lets it load nothing.
 */

import { html, Markup, type Piece } from "../../html.js";
import type { Measure } from "../measures.js";
import { isClear } from "../statistics.js";
import type { Compared, Plan } from "../study.js";
import { colourOf, curveChart, curvesOf, strips } from "./charts.js";
import { estimateText, placesFor, signed } from "./figures.js";
import { style } from "./style.js";

/** What a report says of a study beside its figures. */
export interface StudyFacts {
  readonly title: string;
  /** What the scenario says of itself. */
  readonly description: string;
  readonly currency: string;
  /** The command that makes it again. */
  readonly command: string;
  readonly version: string;
  /** Further facts: what they are called and what they are. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Names of groups that are carriers begin small. */
const idOf = (group: string): string => group.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** A unit in the currency of the market. */
export const unitOf = ({ unit }: Measure, currency: string): string => unit.replace("coin", currency);

/** The report as one file. */
export function reportPage(plan: Plan, compared: readonly Compared[], facts: StudyFacts): string {
  const groups = new Map<string, Compared[]>();
  for (const each of compared)
    groups.set(each.measure.group, [...(groups.get(each.measure.group) ?? []), each]);
  const sections = [...groups].map(([group, own]) => section(plan, group, own, facts));
  const links = [...groups.keys()].map((group) => html`<li><a href="#${idOf(group)}">${group}</a></li>`);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${facts.title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>${facts.title}</h1>
<p class="lead">${facts.description}</p>
${refusals(compared)}
<div class="top">
<section class="card" aria-label="What was compared">${legend(plan)}</section>
<section class="card" aria-label="How it was made"><dl>${factList(facts)}</dl></section>
</div>
${reading(plan)}
<nav aria-label="Sections"><ul>${links}</ul></nav>
</header>
<main>
${sections}
</main>
</body>
</html>
`;
  return page.text;
}

const factList = ({ facts, command, version }: StudyFacts): Piece => [
  ...facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`),
  html`<dt>made by</dt><dd>gridclear ${version}</dd><dt>again</dt><dd><code>${command}</code></dd>`,
];

function refusals(compared: readonly Compared[]): Piece {
  const refused = compared.find(({ measure }) => measure.name === "refused");
  return refused === undefined
    ? ""
    : html`<p class="warn">In some runs the market refused orders, such as those beyond their owner’s means: compare with care.</p>`;
}

function legend(plan: Plan): Markup {
  if (plan.axis !== null) {
    const { path, values } = plan.axis;
    const entries = curvesOf(plan).map(
      ({ name }, place) => html`<li class="${colourOf(place)}">${name === "" ? plan.axis!.path : name}</li>`,
    );
    return html`<h2>${path} from ${values[0]!} to ${values.at(-1)!}</h2><ul class="legend">${entries}</ul>`;
  }
  const entries = plan.variants.map(
    ({ label }, place) =>
      html`<li class="${colourOf(place)}"><span>${label}${place === 0 ? html` <span class="note">(the others are compared with it)</span>` : ""}</span></li>`,
  );
  return html`<h2>Variants</h2><ul class="legend">${entries}</ul>`;
}

function reading({ seeds, axis }: Plan): Markup {
  const count = seeds.length;
  if (count === 1)
    return html`<p class="note">One seed: no figure has an interval, and a difference may be chance. Take more (<code>--seeds 20</code>) before you believe one.</p>`;
  const what =
    axis === null
      ? "each small dot is one seed"
      : "the band is the interval of the difference to the first variant";
  return html`<p class="note">Each figure is the mean over ${count} seeds, and ± is half of its 95 % interval (Student’s t); ${what}. Differences are to the first variant, seed by seed; those whose interval leaves zero out are bold.</p>`;
}

function section(plan: Plan, group: string, compared: readonly Compared[], { currency }: StudyFacts): Markup {
  const cards = compared.map((each) => {
    const unit = unitOf(each.measure, currency);
    const chart = plan.axis === null ? strips(plan, each) : curveChart(plan, each);
    return html`<section class="card"><h3>${each.measure.label} <span class="unit">${unit}</span></h3>${chart}</section>`;
  });
  return html`<section aria-labelledby="${idOf(group)}"><h2 id="${idOf(group)}">${group}</h2><div class="charts">${cards}</div>${table(plan, group, compared, currency)}</section>`;
}

function table({ variants }: Plan, group: string, compared: readonly Compared[], currency: string): Markup {
  const heads = variants.map(({ label }) => html`<th scope="col">${label}</th>`);
  const rows = compared.map(({ measure, results }) => {
    const places = placesFor(results.flatMap(({ estimate }) => (estimate === null ? [] : [estimate.mean])));
    const cells = results.map(({ estimate, difference }) => {
      const more =
        difference === null
          ? ""
          : html`<span class="more ${isClear(difference) ? "clear" : ""}">${estimateText(difference, places, signed)}</span>`;
      return html`<td>${estimateText(estimate, places)}${more}</td>`;
    });
    const unit = unitOf(measure, currency);
    return html`<tr><th scope="row">${measure.label}${unit === "" ? "" : `, ${unit}`}</th>${cells}</tr>`;
  });
  const caption = `${group}: means, and below them how much more than the first variant`;
  return html`<details ${new Markup(variants.length > 6 ? "" : "open")}><summary>Table: ${group}</summary><div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr><th scope="col">measure</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
}
