/** What stands behind the meters of each kind of participant: sizes, converters, stores and how it bids. */
import { type Carrier, ppm } from "../../units.js";
import type { MemberKind } from "../scenario.js";
import type { Device } from "../world/devices.js";
import { heatPumpPerformance } from "../world/heat.js";
import { planes } from "../world/sky.js";
import type { Dice } from "./dice.js";
import type { HomeBattery, HomeTank, Member, StorageUnit } from "./member.js";

/** What a kind says of a member; the rest is common to all. */
export type Draft = Pick<Member, "devices"> & Partial<Omit<Member, "id" | "kind" | "number" | "devices">>;

const homeBattery = (capacity: number): HomeBattery => ({
  capacity,
  power: capacity / 2,
  efficiency: 960_000,
  hourlyLoss: 200,
});

/** A tank for a home that needs so much heat on a day of 8 °C: some 200 to 500 litres, used over 20 K. */
const homeTank = (dailyKwh: number, capacity: number): HomeTank => ({
  capacity,
  hourlyLoss: 4_000,
  power: (3 * dailyKwh * 1000) / 24,
});

const battery = (capacity: number, owned: boolean, roll: Dice): StorageUnit => ({
  carrier: "electricity",
  capacity,
  power: capacity / 2,
  efficiency: 960_000,
  hourlyLoss: 200,
  chargeAt: Math.round(roll.between(300_000, 450_000, 41)),
  dischargeAt: Math.round(roll.between(620_000, 800_000, 42)),
  // Empty: a run's energy is what it made or bought.
  charge: 0,
  owned,
  car: false,
});

function home(roll: Dice): Draft {
  const devices: Device[] = [{ kind: "load", shape: "household", yearlyKwh: roll.between(1_500, 5_500, 1) }];
  const dailyKwh = roll.between(20, 65, 2);
  const building = roll.chance(0.7, 3) ? "house" : "flats";
  const heating = roll.between(0, 1, 4);
  devices.push({
    kind: "heating",
    carrier: heating < 0.45 ? "heat" : heating < 0.75 ? "electricity" : "gas",
    building,
    dailyKwh,
  });
  const pumped = heating >= 0.45 && heating < 0.75;
  const sunny = roll.chance(0.5, 5);
  if (sunny)
    devices.push({
      kind: "photovoltaics",
      kilowatts: roll.between(3, 11, 6),
      plane: Math.floor(roll.between(0, planes.length, 7)),
    });
  return {
    devices,
    battery: sunny && roll.chance(0.5, 8) ? homeBattery(roll.between(5_000, 12_000, 9)) : null,
    tank: pumped ? homeTank(dailyKwh, roll.between(5_000, 12_000, 12)) : null,
    interruptible: roll.chance(0.2, 11) ? 100_000 : 0,
  };
}

function business(roll: Dice): Draft {
  const kind = roll.between(0, 1, 1);
  const devices: Device[] = [
    {
      kind: "load",
      shape: kind < 0.4 ? "office" : kind < 0.7 ? "shop" : "business",
      yearlyKwh: roll.between(15_000, 70_000, 2),
    },
    {
      kind: "heating",
      carrier: roll.chance(0.65, 3) ? "heat" : "gas",
      building: "trade",
      dailyKwh: roll.between(80, 260, 4),
    },
  ];
  if (roll.chance(0.7, 5))
    devices.push({ kind: "cooling", carrier: "cold", watts: roll.between(5_000, 18_000, 6) });
  if (roll.chance(0.4, 7))
    devices.push({ kind: "photovoltaics", kilowatts: roll.between(15, 40, 8), plane: 3 });
  return { devices, interruptible: roll.chance(0.3, 9) ? 50_000 : 0 };
}

function industry(roll: Dice): Draft {
  return {
    devices: [
      {
        kind: "process",
        carrier: "electricity",
        shape: "continuous",
        watts: roll.between(30_000, 90_000, 1),
      },
      { kind: "process", carrier: "gas", shape: "continuous", watts: roll.between(20_000, 70_000, 2) },
      { kind: "process", carrier: "heat", shape: "business", watts: roll.between(15_000, 40_000, 3) },
      { kind: "process", carrier: "cold", shape: "continuous", watts: roll.between(5_000, 15_000, 4) },
    ],
    interruptible: 40_000,
  };
}

const dc = (roll: Dice): Draft => ({
  devices: [
    { kind: "process", carrier: "electricity", shape: "continuous", watts: roll.between(8_000, 35_000, 1) },
    { kind: "process", carrier: "cold", shape: "continuous", watts: roll.between(5_000, 20_000, 2) },
    { kind: "photovoltaics", kilowatts: roll.between(5, 15, 3), plane: 3 },
  ],
  interruptible: 20_000,
});

function car(roll: Dice): Draft {
  const capacity = roll.between(38_000, 82_000, 1);
  return {
    devices: [],
    stores: [
      {
        ...battery(capacity, true, roll),
        power: 11_000,
        charge: capacity * roll.between(0.4, 0.8, 2),
        car: true,
      },
    ],
  };
}

/**
 * Kinds of a street: they come in numbers, so they trade on standard terms and pay what they owe
 * afterwards. The others agree terms of their own, with a deposit and collateral.
 */
export const streetKinds: readonly MemberKind[] = ["home", "business", "dc", "car"];

const storeCarriers: readonly Carrier[] = ["electricity", "heat", "cold", "gas"];

/** What stands behind the meters of each kind; `supply` scales its plants. */
export const drafts: Record<MemberKind, (roll: Dice, supply: number, index: number) => Draft> = {
  home,
  business,
  industry,
  dc,
  car,
  solar: (roll, supply) => ({
    devices: [{ kind: "photovoltaics", kilowatts: supply * roll.between(25, 60, 1), plane: 0 }],
    strategy: "random",
    cost: 160_000,
  }),
  wind: (roll, supply) => ({
    devices: [{ kind: "wind", kilowatts: supply * roll.between(120, 200, 1) }],
    strategy: "cost",
    cost: 200_000,
  }),
  turbine: (roll, supply) => ({
    devices: [],
    converter: {
      input: "gas",
      outputs: [{ carrier: "electricity", ratio: 340_000 }],
      watts: supply * roll.between(150_000, 250_000, 1),
      led: "evening",
    },
    strategy: "cost",
    cost: 680_000,
  }),
  biomass: (roll, supply) => ({
    devices: [
      { kind: "plant", carrier: "electricity", watts: supply * roll.between(30_000, 60_000, 1) },
      { kind: "plant", carrier: "heat", watts: supply * roll.between(20_000, 40_000, 2) },
      { kind: "plant", carrier: "gas", watts: supply * roll.between(40_000, 80_000, 3) },
    ],
    strategy: "cost",
    cost: 450_000,
  }),
  chp: (roll, supply) => ({
    devices: [],
    converter: {
      input: "gas",
      outputs: [
        { carrier: "electricity", ratio: 360_000 },
        { carrier: "heat", ratio: 510_000 },
      ],
      watts: supply * roll.between(120_000, 200_000, 1),
      led: "heat",
    },
    strategy: "cost",
    cost: 500_000,
  }),
  heatpump: (roll, supply) => ({
    devices: [],
    converter: {
      input: "electricity",
      outputs: [{ carrier: "heat", ratio: Math.round(heatPumpPerformance("ground", 10, 60) * ppm) }],
      watts: supply * roll.between(20_000, 40_000, 1),
      led: "heat",
    },
    strategy: "cost",
    cost: 600_000,
    interruptible: 200_000,
  }),
  boiler: (roll, supply) => ({
    devices: [],
    converter: {
      input: "gas",
      outputs: [{ carrier: "heat", ratio: 930_000 }],
      watts: supply * roll.between(120_000, 200_000, 1),
      led: "heat",
    },
    strategy: "cost",
    cost: 720_000,
  }),
  chiller: (roll, supply) => ({
    devices: [],
    converter: {
      input: "electricity",
      outputs: [{ carrier: "cold", ratio: 4_200_000 }],
      watts: supply * roll.between(20_000, 45_000, 1),
      led: "cold",
    },
    strategy: "cost",
    cost: 550_000,
    interruptible: 100_000,
  }),
  supplier: (roll, supply) => ({
    devices: [{ kind: "plant", carrier: "gas", watts: supply * roll.between(180_000, 300_000, 1) }],
    strategy: "cost",
    cost: 700_000,
    pool: false,
  }),
  storage: (roll, supply, index) => {
    const carrier = storeCarriers[index % storeCarriers.length]!;
    const capacity = supply * roll.between(80_000, 200_000, 2);
    const lossy = carrier === "heat" || carrier === "cold";
    return {
      devices: [],
      stores: [
        {
          ...battery(capacity, false, roll),
          carrier,
          power: capacity / 3,
          efficiency: lossy ? 990_000 : 960_000,
          hourlyLoss: lossy ? 4_000 : 100,
        },
      ],
    };
  },
};
