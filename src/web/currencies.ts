/**
 * The currencies that the page can speak of: those in which the simulated tariffs, some 0.1 to 0.5 per kWh, are near to
 * what people pay. With what a hundredth of each is called where it is used.
 */
import { t } from "./say.js";
export const currencies = {
  EUR: { name: t`Euro`, hundredth: "ct" },
  CHF: { name: t`Swiss franc`, hundredth: "Rp." },
  GBP: { name: t`Pound sterling`, hundredth: "p" },
  USD: { name: t`US dollar`, hundredth: "¢" },
} as const;
export type Currency = keyof typeof currencies;
