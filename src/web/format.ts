/** How the page writes numbers: three figures, a real minus sign, money in the currency chosen, times and clocks. */
import { type Currency, currencies } from "./currencies.js";
import { locale, t } from "./say.js";

const whole = new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 });

/** A hyphen in front of a number as the minus sign that it means. */
const minus = (text: string): string => text.replace("-", "−");

let bare = false;
/**
 * What `act` makes, with its figures as a program reads them: whole, each kind in one unit, with a point and without
 * marks between thousands. Money is in the currency by its code.
 */
export function exactly<T>(act: () => T): T {
  bare = true;
  try {
    return act();
  } finally {
    bare = false;
  }
}

const digits = new Map<number, Intl.NumberFormat>();
/** A number with so many decimal places. */
export function fixed(value: number, places: number): string {
  if (bare) return String(value);
  let format = digits.get(places);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale(), {
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    });
    digits.set(places, format);
  }
  return minus(format.format(value));
}

/** A count: `1,000,000`. */
export const count = (value: number): string => (bare ? String(value) : minus(whole.format(value)));

/** Quantity ticks (mWh) as Wh, kWh, MWh or GWh with three figures. */
export function energy(ticks: number): string {
  if (bare) return `${ticks / 1e6} kWh`;
  const wattHours = ticks / 1000;
  const size = Math.abs(wattHours);
  const [scale, unit] =
    size >= 1e9 ? [1e9, "GWh"] : size >= 1e6 ? [1e6, "MWh"] : size >= 1000 ? [1000, "kWh"] : [1, "Wh"];
  const value = wattHours / scale + 0; // never −0
  const places = size === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${fixed(value, places)} ${unit}`;
}

let currency: Currency = "EUR";
/** Writes money in `next` from now on. */
export function useCurrency(next: Currency): void {
  currency = next;
}

/** Price ticks as a price per kWh in hundredths of the currency, the way people say it: `27.4 ct`. */
export const price = (ticks: number): string =>
  bare ? `${ticks / 1e6} ${currency}/kWh` : `${fixed(ticks / 1e4, 1)} ${currencies[currency].hundredth}`;

const amounts = new Map<Currency, Intl.NumberFormat>();
function inUnits(amount: number): string {
  let format = amounts.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale(), {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
    });
    amounts.set(currency, format);
  }
  return minus(format.format(amount));
}

/** Money ticks (10⁻¹²) in the currency: `€12.40`; less than one as hundredths, `28.22 ct`. */
export function money(ticks: number | bigint): string {
  const amount = Number(ticks) / 1e12 + 0; // never −0
  if (bare) return `${amount} ${currency}`;
  if (amount === 0 || Math.abs(amount) >= 1) return inUnits(amount);
  return `${fixed(amount * 100, 2)} ${currencies[currency].hundredth}`;
}

/** Money ticks with their sign: a gain or a loss. */
export const moneyChange = (ticks: number | bigint): string =>
  `${ticks > 0 && !bare ? "+" : ""}${money(ticks)}`;

/** A part of a whole. */
export const share = (part: number, all: number): string => {
  const value = all === 0 ? 0 : part / all;
  return bare ? `${100 * value} %` : minus(percent.format(value));
};

/** Money ticks in the currency with two places, for a figure that stands alone; less than a hundredth in full. */
export function moneyRound(ticks: number | bigint): string {
  const amount = Number(ticks) / 1e12 + 0;
  if (bare) return money(ticks);
  return amount !== 0 && Math.abs(amount) < 0.005 ? money(ticks) : inUnits(amount);
}

/** Ticks of a hundredth of the currency, and of a hundredth of that. */
const [hundredth, least] = [1e10, 1e8];

/** Money ticks as {@link money} or {@link moneyRound} shows them. */
function asShown(ticks: number | bigint, write: typeof money): number {
  if (bare) return Number(ticks);
  const amount = Math.abs(Number(ticks)) / 1e12;
  const step = amount >= (write === moneyRound ? 0.005 : 1) ? hundredth : least;
  return Math.round(Number(ticks) / step) * step;
}

/** What is left of one amount without another, both as `write` shows them: what is subtracted on the screen adds up. */
export const difference = (of: number | bigint, without: number | bigint, write: typeof money): number =>
  asShown(of, write) - asShown(without, write);

/** Money ticks rounded so that what is shown of them adds up to what is shown of their sum, by {@link moneyRound}. */
export function addingUp(amounts: readonly bigint[]): bigint[] {
  if (bare) return [...amounts];
  const step = BigInt(hundredth);
  const whole = amounts.map((amount) => (amount - (((amount % step) + step) % step)) / step);
  const sum = (all: readonly bigint[]): bigint => all.reduce((total, each) => total + each, 0n);
  const shown = BigInt(Math.round(Number(sum(amounts)) / hundredth));
  // Whoever lost most by being rounded down is rounded up.
  const rest = (place: number): bigint => amounts[place]! - whole[place]! * step;
  const order = amounts.map((_, place) => place).sort((a, b) => Number(rest(b) - rest(a)));
  for (const place of order.slice(0, Number(shown - sum(whole)))) whole[place]! += 1n;
  return whole.map((each) => each * step);
}

/** A duration in milliseconds: `12 µs`, `0.4 ms`, `12 ms`, `1.8 s`. */
export const duration = (ms: number): string => {
  if (bare) return `${ms} ms`;
  if (ms >= 1000) return `${fixed(ms / 1000, 1)} s`;
  if (ms >= 0.1) return `${fixed(ms, ms >= 10 ? 0 : 1)} ms`;
  return `${fixed(ms * 1000, 0)} µs`;
};

/** Minutes since midnight as a clock. */
export const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** An instant as a date and clock of a place whose time differs from UTC by `offsetMinutes`, with that difference. */
export function localTime(timestampMs: number, offsetMinutes: number): string {
  const local = new Date(timestampMs + offsetMinutes * 60_000);
  const hours = offsetMinutes / 60;
  const zone = hours === 0 ? "UTC" : `UTC${hours < 0 ? "−" : "+"}${Math.abs(hours)}`;
  return `${dates.format(local)}, ${clock(local.getUTCHours() * 60 + local.getUTCMinutes())} (${zone})`;
}
const dates = new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeZone: "UTC" });

/** Start and end of a period as clocks: `18:00 to 18:15`. */
export const span = (minutes: number, length: number): string =>
  t`${clock(minutes)} to ${clock((minutes + length) % 1440)}`;
