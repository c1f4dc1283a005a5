const locale = "en-GB";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });

const digits = new Map<number, Intl.NumberFormat>();
function fixed(value: number, places: number): string {
  let format = digits.get(places);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: places });
    digits.set(places, format);
  }
  return format.format(value);
}

/** A count: `1,000,000`. */
export const count = (value: number): string => whole.format(value);

/** `1 trade`, `2 trades`. */
export const plural = (value: number, one: string, many: string = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** Quantity ticks (mWh) as Wh, kWh, MWh or GWh with three figures. */
export function energy(ticks: number): string {
  const wattHours = ticks / 1000;
  const size = Math.abs(wattHours);
  const [scale, unit] =
    size >= 1e9 ? [1e9, "GWh"] : size >= 1e6 ? [1e6, "MWh"] : size >= 1000 ? [1000, "kWh"] : [1, "Wh"];
  const value = wattHours / scale + 0; // never −0
  const places = size === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${fixed(value, places)} ${unit}`;
}

/** Price ticks as currency per kWh, three places: `0.274`. */
export const price = (ticks: number): string => fixed(ticks / 1e6, 3);

/** Money ticks (10⁻¹²) as currency: two places, four below one. */
export function money(ticks: number | bigint): string {
  const amount = Number(ticks) / 1e12 + 0; // never −0
  return fixed(amount, amount !== 0 && Math.abs(amount) < 1 ? 4 : 2);
}

/** Money ticks with their sign: a gain or a loss. */
export const moneyChange = (ticks: number | bigint): string => `${ticks > 0 ? "+" : ""}${money(ticks)}`;

/** A part of a whole. */
export const share = (part: number, all: number): string => percent.format(all === 0 ? 0 : part / all);

/** A duration in milliseconds: `0.4 ms`, `12 ms`, `1.8 s`. */
export const duration = (ms: number): string =>
  ms >= 1000 ? `${fixed(ms / 1000, 1)} s` : ms >= 10 ? `${fixed(ms, 0)} ms` : `${fixed(ms, 1)} ms`;

/** Minutes since midnight as a clock. */
export const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
