/** Who lives in a community: the members of a scenario, drawn from its seed. */
import { ppm } from "../../units.js";
import { type Control, memberKinds, type Scenario } from "../scenario.js";
import { applianceShare } from "../world/appliances.js";
import type { Device } from "../world/devices.js";
import { draw, whole } from "../world/random.js";
import { dice, memberStream } from "./dice.js";
import { type Draft, drafts } from "./kinds.js";
import type { Member, Nature } from "./member.js";

const strategies: readonly Nature[] = ["random", "tariff", "tariff"];

/** The stores at home that a scenario has. */
const controlled = (
  { battery = null, tank = null }: Draft,
  { batteries, heatPumps }: Control,
): Pick<Member, "battery" | "tank"> => ({
  battery: batteries === "own" ? battery : null,
  tank: heatPumps === "surplus" ? tank : null,
});

/** Devices with the appliances of homes, which profiles hold as well, apart from the rest. */
const apart = (devices: readonly Device[]): Device[] =>
  devices.flatMap((device): Device[] => {
    if (device.kind !== "load" || device.shape !== "household") return [device];
    const yearlyKwh = device.yearlyKwh * applianceShare;
    return [
      { ...device, yearlyKwh: device.yearlyKwh - yearlyKwh },
      { kind: "appliances", yearlyKwh },
    ];
  });

/** The participants of a scenario, in the order of registration. Deterministic in the scenario's seed and counts. */
export function createMembers(scenario: Scenario): Member[] {
  const members: Member[] = [];
  const supply = scenario.supply / ppm;
  for (const [place, kind] of memberKinds.entries()) {
    const count = scenario.participants[kind];
    const digits = Math.max(2, `${count}`.length);
    for (let index = 0; index < count; index++) {
      const roll = dice(scenario.seed, place, index);
      const draft = drafts[kind](roll, supply, index);
      const id = `${kind}-${`${index + 1}`.padStart(digits, "0")}`;
      members.push({
        id,
        person: id,
        kind,
        number: members.length,
        measured: [],
        converter: null,
        stores: [],
        strategy: strategies[whole(0, strategies.length, scenario.seed, memberStream + place, index, 60)]!,
        margin: Math.round(roll.between(50_000, 350_000, 61)),
        cost: Math.round(roll.between(200_000, 400_000, 62)),
        pool: true,
        interruptible: 0,
        sky: draw(scenario.seed, memberStream + place, index, 64) % scenario.skies,
        ...draft,
        ...controlled(draft, scenario.control),
        devices: scenario.control.appliances === "profile" ? draft.devices : apart(draft.devices),
      });
    }
  }
  return members;
}
