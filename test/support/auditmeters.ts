// What meters decide, as an auditor works it out: what communities shared and which trades were delivered, every time
// from all that was ever said of the period, and who pays for it.
import type { FlowRecord } from "../../src/ledger/format/records.js";
import type { Contract, PaymentContract } from "../../src/market/contracts/contracts.js";
import type { CommunityContract, MemberContract } from "../../src/market/contracts/sharedcontracts.js";
import type { NamedSharingKey } from "../../src/sharing/namedkey.js";
import { type Carrier, carriers } from "../../src/units.js";
import { type Deal, undeliveredByTheBook } from "../oracle/deliveredmarket.js";
import { movements, type Pairs, pairsByTheBook, type SharedCommunity } from "../oracle/sharedmarket.js";
import type { OracleKey } from "../oracle/sharing.js";

const big = BigInt;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** One meter of a period. */
export interface FiledMeter {
  in: bigint;
  out: bigint;
  traded: bigint;
  due: boolean;
  /** How many versions were read. */
  version: number;
  /** What it said last. */
  said: { readonly in: bigint; readonly out: bigint } | null;
  paid: bigint;
  stood: bigint;
}

/** The accounts of the auditor. */
export interface AuditBooks {
  balance(account: number): bigint;
  pay(from: number, to: number, amount: bigint): void;
  credit(participant: number): bigint | null;
}

/** A flow that two meters decide on, without what follows from it. */
export type PairFlow = Pick<
  FlowRecord,
  "kind" | "carrier" | "party" | "order" | "quantity" | "price" | "amount" | "extra"
>;

/** What of a past period meters decide together. */
export interface Joint {
  readonly communities: readonly SharedCommunity[];
  readonly rule: "fifo" | "proportional" | null;
  readonly deals: ReadonlyMap<Carrier, readonly Deal[]>;
  /** What was shared, and was not delivered, by now. */
  readonly pairs: Map<string, Pairs>;
  missing: ReadonlyMap<Carrier, readonly bigint[]>;
}

/** The communities that contracts in force, in order of first entry, make. */
export function communitiesOf(
  inForce: Iterable<Contract>,
  shared: (carrier: Carrier) => boolean,
  numberOf: (id: string) => number,
): SharedCommunity[] {
  const all = [...inForce];
  const taken = new Map<string, bigint>();
  return all
    .filter((each): each is CommunityContract => each.kind === "community")
    .map((contract) => {
      const { community: name, carrier, price, key } = contract;
      const joined = all.filter(
        (each): each is MemberContract => each.kind === "member" && each.community === name,
      );
      const before = joined.map(({ participant, factor }) => {
        const meter = `${participant} ${carrier}`;
        const sum = taken.get(meter) ?? 0n;
        taken.set(meter, sum + big(factor));
        return sum;
      });
      return {
        name,
        carrier,
        price: big(price),
        key: keyOf(
          key,
          joined.map(({ participant }) => participant),
        ),
        members: joined.map(({ participant, factor }) => ({
          who: numberOf(participant),
          factor: big(factor),
        })),
        before,
      };
    })
    .filter(({ carrier }) => shared(carrier));
}

/** A key by the places of members; who is none is left out. */
function keyOf(named: NamedSharingKey, members: readonly string[]): OracleKey {
  const {
    key = "proportional",
    shares,
    classes,
    supplyClasses,
  } = named as {
    key?: OracleKey["key"];
    shares?: Record<string, number>;
    classes?: string[][];
    supplyClasses?: string[][];
  };
  const places = (of: string[][]): number[][] =>
    of.map((each) => each.map((id) => members.indexOf(id)).filter((place) => place >= 0));
  return {
    key,
    ...(shares === undefined ? {} : { shares: members.map((id) => big(shares[id] ?? 0)) }),
    ...(classes === undefined ? {} : { classes: places(classes) }),
    ...(supplyClasses === undefined ? {} : { supplyClasses: places(supplyClasses) }),
  };
}

/** Settles what meters decide together in a complete period: the flows that a block has to have for it. */
export function settleTogether(
  period: number,
  joint: Joint,
  payment: PaymentContract,
  meters: ReadonlyMap<string, FiledMeter>,
  books: AuditBooks,
): PairFlow[] {
  const none = { in: 0n, out: 0n };
  const said = (who: number, carrier: string) => meters.get(`${who} ${carrier}`)?.said ?? none;
  const shared: PairFlow[] = [];
  for (const community of joint.communities) {
    const { name, carrier } = community;
    const is = pairsByTheBook(community, (who) => said(who, carrier));
    for (const moved of movements(community, period, joint.pairs.get(name) ?? new Map(), is))
      shared.push({
        ...pairOf(moved.kind, carrier as Carrier, period, moved.quantity, moved.price),
        party: moved.receiver,
        order: moved.supplier,
      });
    joint.pairs.set(name, is);
  }
  collect(shared, new Map(), meters, books);
  if (joint.rule === null) return shared;
  const undelivered: PairFlow[] = [];
  const missing = new Map<Carrier, readonly bigint[]>();
  const left = new Map<string, bigint>();
  for (const [key, { traded, said: now }] of meters)
    left.set(key, now === null ? 0n : now.in - now.out - traded);
  for (const [carrier, deals] of joint.deals) {
    const now = undeliveredByTheBook(joint.rule, deals, (who) => {
      const { in: contractIn, out: contractOut } = meters.get(`${who} ${carrier}`)!;
      return { ...said(who, carrier), contractIn, contractOut };
    });
    missing.set(carrier, now);
    for (const [place, { seller, buyer, price }] of deals.entries()) {
      const change = now[place]! - (joint.missing.get(carrier)?.[place] ?? 0n);
      left.set(`${seller} ${carrier}`, left.get(`${seller} ${carrier}`)! - now[place]!);
      left.set(`${buyer} ${carrier}`, left.get(`${buyer} ${carrier}`)! + now[place]!);
      if (change === 0n) continue;
      const kind = change > 0n ? "undelivered" : "delivered";
      const flow = pairOf(kind, carrier, period, change < 0n ? -change : change, price);
      undelivered.push({ ...flow, party: buyer, order: seller });
    }
  }
  joint.missing = missing;
  const due = new Map<string, bigint>();
  for (const [key, meter] of meters) {
    const carrier = key.split(" ")[1] as Carrier;
    if (joint.communities.some((each) => each.carrier === carrier) || isShared(joint, carrier)) continue;
    const { shortagePrice, surplusPrice } = payment.tariffs[carrier];
    const imbalance = left.get(key)!;
    const cost = imbalance * big(imbalance > 0n ? shortagePrice : surplusPrice);
    due.set(key, cost - meter.paid);
    meter.paid = cost;
  }
  collect(undelivered, due, meters, books);
  return [...shared, ...undelivered];
}

/** Carriers that are shared have no deals at all. */
const isShared = (joint: Joint, carrier: Carrier): boolean => !joint.deals.has(carrier);

function pairOf(kind: FlowRecord["kind"], carrier: Carrier, period: number, quantity: bigint, price: bigint) {
  return {
    kind,
    carrier,
    quantity: Number(quantity),
    price: Number(price),
    amount: quantity * price,
    extra: big(period),
  };
}

/** Who pays whom for a flow that two meters decide on. */
export function sidesOf({ kind, party, order }: PairFlow): readonly [from: number, to: number] {
  return kind === "shared" || kind === "delivered" ? [16 + party, 16 + order] : [16 + order, 16 + party];
}

/** Moves the money of flows, and what each meter pays the platform beside, and finds it where it is not there. */
function collect(
  flows: readonly PairFlow[],
  due: ReadonlyMap<string, bigint>,
  meters: ReadonlyMap<string, FiledMeter>,
  books: AuditBooks,
): void {
  const net = new Map([...due].filter(([, amount]) => amount !== 0n));
  const means = new Map<number, bigint | null>();
  const owe = (account: number, carrier: string, amount: bigint): void => {
    const key = `${account - 16} ${carrier}`;
    net.set(key, (net.get(key) ?? 0n) + amount);
  };
  for (const flow of flows) {
    const [from, to] = sidesOf(flow);
    owe(from, flow.carrier, flow.amount);
    owe(to, flow.carrier, -flow.amount);
  }
  for (const key of net.keys()) {
    const who = Number(key.split(" ")[0]);
    const credit = books.credit(who);
    means.set(who, credit === null ? null : books.balance(16 + who) + credit);
  }
  for (const flow of flows) books.pay(...sidesOf(flow), flow.amount);
  const place = (key: string): number => {
    const [who, carrier] = key.split(" ");
    return 4 * Number(who) + carriers.indexOf(carrier as Carrier);
  };
  for (const key of [...net.keys()].sort((a, b) => place(a) - place(b))) {
    const who = Number(key.split(" ")[0]);
    const own = 16 + who;
    const owes = net.get(key)!;
    const meter = meters.get(key)!;
    books.pay(own, 0, due.get(key) ?? 0n);
    const had = means.get(who)!;
    if (owes <= 0n) {
      const back = least(-owes, meter.stood);
      meter.stood -= back;
      books.pay(own, 4, back);
      means.set(who, had === null ? null : had - owes - back);
      continue;
    }
    if (had === null) continue;
    const first = least(owes, had > 0n ? had : 0n);
    const second = least(owes - first, books.balance(0x8000_0000 + who));
    books.pay(0x8000_0000 + who, own, second);
    books.pay(4, own, owes - first - second);
    meter.stood += owes - first - second;
    means.set(who, had - first);
  }
}
