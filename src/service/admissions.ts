/**
 * Who may join a market, and who may not trade in it any more: those of the market file, and what the operator has said
 * since. The latter is kept beside the blocks of the ledger, so that it is known after a restart; who has joined stands
 * in the ledger itself, and can't be taken out of it.
 */
import { fromUtf8, toUtf8 } from "../bytes.js";
import { hexText, identifier, list, object } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import type { Store } from "../ledger/store/store.js";
import type { MarketContract } from "../market/contracts/contracts.js";
import { checkGranted, type Granted } from "../market/intake/granted.js";
import type { MarketView } from "../market/view.js";
import { parseTicks, type Tick } from "../units.js";

const metaKey = "admissions";
const mostSaid = 10_000;
const publicKey = hexText(32);
const removedCheck = list(identifier, 0, mostSaid);

/** What a member that was removed may still sign: to have its money, and to end what stands by its contracts. */
const lastContracts: readonly unknown[] = ["withdrawal", "end"];

/** What the operator has said. */
interface Said {
  /** Key that each must join with, by id. */
  readonly admitted: ReadonlyMap<string, string>;
  readonly removed: ReadonlySet<string>;
}

/** A member whom the operator admits: the key that it must join with, and what it is granted. */
export interface Member extends Granted {
  /** 64 hexadecimal digits. */
  readonly key: string;
  /** How far its balance may go below zero, in the market's currency; null: without limit; left out: as for all. */
  readonly creditLimit?: string | null;
}

/** What is asked of the market about those who have joined. */
export interface AdmittingMarket {
  readonly store: Store;
  readonly state: Pick<MarketView, "contractOf">;
  readonly ticks: { readonly amount: Tick };
  readonly contract: MarketContract;
  participantNumber(id: string): number | undefined;
}

/** Members by id with the public key that each must join with, and those who were removed. */
export class Admissions {
  readonly #market: AdmittingMarket;
  /** Of the market file; null: whoever signs for itself may join. */
  readonly #members: ReadonlyMap<string, Member> | null;
  #said: Promise<Said> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(market: AdmittingMarket, members: ReadonlyMap<string, Member> | null) {
    this.#market = market;
    this.#members = members;
  }

  /** All who may join, whether they have or not; null: everybody may. */
  async all(): Promise<ReadonlyMap<string, string> | null> {
    if (this.#members === null) return null;
    const { admitted, removed } = await this.#known();
    const listed = [...this.#members].map(([id, { key }]) => [id, key] as const);
    return new Map([...listed, ...admitted].filter(([id]) => !removed.has(id)));
  }

  async #needAdmitted(id: string, key: unknown): Promise<void> {
    const all = await this.all();
    if (all === null || all.get(id) === key) return;
    // That it was removed before it joined is told to whoever has its key alone.
    if (this.#members?.get(id)?.key === key) await this.needKept(id, "contract.id");
    throw notAdmitted(id);
  }

  /** All that were removed. */
  async removed(): Promise<string[]> {
    return [...(await this.#known()).removed];
  }

  /** Those of some ids that were removed. */
  async removedOf(ids: readonly string[]): Promise<string[]> {
    const { removed } = await this.#known();
    return ids.filter((id) => removed.has(id));
  }

  /** Whether a member was removed. */
  async isRemoved(id: string): Promise<boolean> {
    return (await this.#known()).removed.has(id);
  }

  /** Throws `refused` for a member that was removed. */
  async needKept(id: string, field: string): Promise<void> {
    if (await this.isRemoved(id)) throw removedMember(field, id);
  }

  /**
   * Throws `refused` for the first contract of a participant whom the operator did not admit, for one that grants
   * itself what the operator does not, and for all but the last contracts of one who was removed.
   */
  async needContract(contract: Readonly<Record<string, unknown>>): Promise<void> {
    const { kind, id, key, participant, owner } = contract;
    if (lastContracts.includes(kind)) return;
    if (kind === "participant" && typeof id === "string") {
      const isNew = this.#market.participantNumber(id) === undefined;
      if (isNew) await this.#needAdmitted(id, key);
      const held = this.#market.state.contractOf(id);
      checkGranted(contract, held, this.#grantedTo(id), this.#market.contract);
      if (isNew) return;
    }
    for (const [field, whom] of Object.entries({ id, participant, owner }))
      if (typeof whom === "string" && (field !== "id" || kind === "participant"))
        await this.needKept(whom, `contract.${field}`);
  }

  #grantedTo(id: string): Granted {
    const { key: _, creditLimit, ...granted } = this.#members?.get(id) ?? { key: "" };
    if (creditLimit === undefined || creditLimit === null)
      return creditLimit === null ? { ...granted, creditLimit } : granted;
    const ticks = parseTicks(creditLimit, this.#market.ticks.amount, `members.${id}.creditLimit`);
    return { ...granted, creditLimit: `${ticks}` };
  }

  /** Admits a member, in the place of what was said of the id before. Resolves when it is on the disk. */
  admit(id: string, key: string): Promise<void> {
    return this.#change(({ admitted, removed }) => {
      if (this.#members === null && !removed.has(id))
        fail("refused", "members", "a market file that says who may join", "one where everybody may");
      return { admitted: new Map(admitted).set(id, key), removed: without(removed, id) };
    });
  }

  /** Takes the admission of a member back. Resolves when it is on the disk. */
  remove(id: string): Promise<void> {
    return this.#change(({ admitted, removed }) => ({
      admitted: new Map([...admitted].filter(([known]) => known !== id)),
      removed: new Set(removed).add(id),
    }));
  }

  #change(change: (said: Said) => Said): Promise<void> {
    const changed = this.#turn.then(async () => {
      const said = change(await this.#known());
      const count = said.admitted.size + said.removed.size;
      if (count > mostSaid)
        fail("limit", "members", `at most ${mostSaid} admitted and removed at run time`, count);
      const { admitted, removed } = said;
      const kept = { admitted: Object.fromEntries(admitted), removed: [...removed] };
      await this.#market.store.putMeta(metaKey, toUtf8(JSON.stringify(kept)));
      this.#said = Promise.resolve(said);
    });
    this.#turn = changed.catch(() => {});
    return changed;
  }

  #known(): Promise<Said> {
    this.#said ??= this.#market.store.getMeta(metaKey).then((bytes) => {
      if (bytes === null) return { admitted: new Map(), removed: new Set() };
      const kept = object(JSON.parse(fromUtf8(bytes) ?? "null"), metaKey);
      const admitted = Object.entries(object(kept.admitted, `${metaKey}.admitted`)).map(
        ([id, key]) => [identifier(id, metaKey), publicKey(key, `${metaKey}.${id}`)] as const,
      );
      return {
        admitted: new Map(admitted),
        removed: new Set(removedCheck(kept.removed, `${metaKey}.removed`)),
      };
    });
    return this.#said;
  }
}

const without = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> =>
  new Set([...ids].filter((known) => known !== id));

/** Why somebody may not join. */
export const notAdmitted = (id: string): GridclearError =>
  new GridclearError("refused", {
    field: "contract.id",
    wanted: "a member that the operator has admitted, with its key",
    got: id,
  });

/** Why something of a removed member is refused. */
export const removedMember = (field: string, id: string): GridclearError =>
  new GridclearError("refused", { field, wanted: "a member that the operator has not removed", got: id });
