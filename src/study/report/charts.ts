/**
 * Charts as text: means with their intervals side by side, and curves over a setting. They are SVG without scripts;
 * colours come from the style sheet, and what a chart shows stands beside it in words or a table too.
 */

import { html, type Markup } from "../../html.js";
import { settingText } from "../settings.js";
import { isClear } from "../statistics.js";
import type { Compared, Plan, Result } from "../study.js";
import { estimateText, figure, placesFor, signed } from "./figures.js";

/** Colours of variants, by class; after the last the first comes again, which is why names stand there too. */
const colours = 8;
/** The class of a variant's or curve's colour. */
export const colourOf = (place: number): string => `v${place % colours}`;

/** All numbers that a measure's chart shows. */
const shownBy = ({ results }: Compared): number[] =>
  results.flatMap(({ values, estimate }) => [
    ...values.filter((value) => value !== null),
    ...(estimate === null
      ? []
      : [estimate.mean - (estimate.half ?? 0), estimate.mean + (estimate.half ?? 0)]),
  ]);

/** The lowest and the highest of some numbers, with a little room beyond. */
function domainOf(values: readonly number[]): readonly [low: number, high: number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}

/** A position across a strip, in per cent. */
const across = (value: number, [low, high]: readonly [number, number]): string =>
  `${((100 * (value - low)) / (high - low)).toFixed(2)}%`;

/** One measure of all variants: a row for each, with the mean, its interval, and a faint dot for each seed. */
export function strips({ variants }: Plan, compared: Compared): Markup {
  const values = shownBy(compared);
  const places = placesFor(values);
  const domain = domainOf(values);
  const zero = domain[0] < 0 && domain[1] > 0 ? across(0, domain) : null;
  const rows = compared.results.map((result, place) => {
    const text = estimateText(result.estimate, places);
    const { difference } = result;
    const more =
      difference === null
        ? ""
        : html`<span class="more${isClear(difference) ? " clear" : ""}">${estimateText(difference, places, signed)}</span>`;
    // A line may end behind a plus, which browsers don't do by themselves.
    const name = variants[place]!.label.replaceAll("+", "+\u200b");
    return html`<li class="${colourOf(place)}"><span class="name">${name}</span>${strip(result, domain, zero)}<span class="value">${text}${more}</span></li>`;
  });
  // Ends of an axis need a digit less than the means beside it, and a narrow one has no room for more.
  const [from, to] = domain.map((end) => figure(end, Math.max(places - 1, 0)));
  const ends = html`<li class="ends" aria-hidden="true"><span><span>${from!}</span><span>${to!}</span></span></li>`;
  return html`<ul class="strips">${rows}${ends}</ul>`;
}

function strip({ values, estimate }: Result, domain: readonly [number, number], zero: string | null): Markup {
  const dots = values
    .filter((value) => value !== null)
    .map((value) => html`<circle class="seed" cx="${across(value, domain)}" cy="82%" r="1.8"/>`);
  const mean =
    estimate === null
      ? ""
      : html`${
          estimate.half === null
            ? ""
            : html`<line class="interval" x1="${across(estimate.mean - estimate.half, domain)}" x2="${across(estimate.mean + estimate.half, domain)}" y1="50%" y2="50%"/>`
        }<circle class="mean" cx="${across(estimate.mean, domain)}" cy="50%" r="4.5"/>`;
  const line = zero === null ? "" : html`<line class="zero" x1="${zero}" x2="${zero}" y1="0" y2="100%"/>`;
  return html`<svg aria-hidden="true">${line}${dots}${mean}</svg>`;
}

const width = 340;
const height = 190;
const room = { left: 52, right: 12, top: 12, bottom: 30 };

/** Variants that differ in nothing but the axis, as one curve: its name, and by place the value on the axis. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly variant: number; readonly at: number }[];
}

/** The curves of a plan with an axis. */
export function curvesOf({ variants, axis }: Plan): Curve[] {
  const curves = new Map<string, { variant: number; at: number }[]>();
  for (const [variant, { settings }] of variants.entries()) {
    const others = Object.entries(settings).filter(([path]) => path !== axis!.path);
    const name = others.map(([path, value]) => settingText(path, value)).join(", ");
    const points = curves.get(name) ?? [];
    points.push({ variant, at: Number(settings[axis!.path]) });
    curves.set(name, points);
  }
  return [...curves].map(([name, points]) => ({ name, points }));
}

/**
 * One measure over the axis of a plan: a curve of means, and as a band the interval of the difference to the first
 * variant. How far seeds lie apart is the same all along the axis and would only hide what the axis does.
 */
export function curveChart(plan: Plan, compared: Compared): Markup {
  const curves = curvesOf(plan);
  const ats = curves.flatMap(({ points }) => points.map(({ at }) => at));
  const known = compared.results.map(({ estimate, difference }) =>
    estimate === null ? null : { mean: estimate.mean, half: difference?.half ?? 0 },
  );
  const ends = known.flatMap((each) => (each === null ? [] : [each.mean - each.half, each.mean + each.half]));
  const places = placesFor(ends);
  const [low, high] = domainOf(ends);
  const [first, last] = [Math.min(...ats), Math.max(...ats)];
  const x = (at: number): string =>
    (room.left + ((at - first) / (last - first || 1)) * (width - room.left - room.right)).toFixed(1);
  const y = (value: number): string =>
    (room.top + ((high - value) / (high - low)) * (height - room.top - room.bottom)).toFixed(1);
  const levels = [low + (high - low) * 0.06, (low + high) / 2, high - (high - low) * 0.06];
  const drawn = curves.map(({ points }, place) => {
    const own = points.flatMap(({ variant, at }) => (known[variant] ? [{ at, ...known[variant] }] : []));
    const up = own.map(({ at, mean, half }) => `${x(at)},${y(mean + half)}`);
    const down = own.map(({ at, mean, half }) => `${x(at)},${y(mean - half)}`).reverse();
    const line = own.map(({ at, mean }) => `${x(at)},${y(mean)}`).join(" ");
    const dots = own.map(
      ({ at, mean }) => html`<circle class="mean" cx="${x(at)}" cy="${y(mean)}" r="2.5"/>`,
    );
    return html`<g class="${colourOf(place)}"><polygon class="band" points="${[...up, ...down].join(" ")}"/><polyline class="curve" points="${line}"/>${dots}</g>`;
  });
  const grid = levels.map(
    (level) =>
      html`<line class="grid" x1="${room.left}" x2="${width - room.right}" y1="${y(level)}" y2="${y(level)}"/><text x="${room.left - 6}" y="${y(level)}" dy="0.32em" text-anchor="end">${figure(level, places)}</text>`,
  );
  const middle = (first + last) / 2;
  const marks = (last > first ? [first, middle, last] : [first]).map(
    (at, index) =>
      html`<text x="${x(at)}" y="${height - 12}" text-anchor="${["start", "middle", "end"][index]!}">${`${Number(at.toFixed(9))}`}</text>`,
  );
  const says = `${compared.measure.label} over ${plan.axis!.path}, from ${first} to ${last}: ${curves.length} curves; the table below has the figures`;
  return html`<svg class="curves" role="img" aria-label="${says}" viewBox="0 0 ${width} ${height}">${grid}${marks}${drawn}</svg>`;
}
