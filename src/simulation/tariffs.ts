/** What the grid takes and pays for a kWh unless the scenario says otherwise, in the scenario's currency. */
export const ownTariffs = {
  electricity: { retail: "0.52", feedIn: "0.082" },
  heat: { retail: "0.19", feedIn: "0.03" },
  cold: { retail: "0.21", feedIn: "0.02" },
  gas: { retail: "0.12", feedIn: "0.045" },
} as const;
