/**
 * The currencies that the page can speak of: those in which the simulated tariffs, some 0.1 to 0.5 per kWh, are near to
 * what people pay. With what a hundredth of each is called where it is used.
 */
export const currencies = {
  EUR: { name: "Euro", hundredth: "ct" },
  CHF: { name: "Swiss franc", hundredth: "Rp." },
  GBP: { name: "Pound sterling", hundredth: "p" },
  USD: { name: "US dollar", hundredth: "¢" },
} as const;
export type Currency = keyof typeof currencies;
