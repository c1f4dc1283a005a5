/** `gridclear witness`: an independent eye on a ledger that executes it again and cosigns what holds. */
import { setTimeout as wait } from "node:timers/promises";
import { openEngine } from "../../core/engine.js";
import { fail, GridclearError } from "../../errors.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { encodeContradiction } from "../../ledger/proof/contradiction.js";
import { type Followed, type LedgerSource, Witness } from "../../ledger/service/witness.js";
import { openMemoryStore } from "../../ledger/store/memory.js";
import { hasLedger } from "../../ledger/store/node.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { openWitnessReplay } from "../../market/snapshots.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { openOwnLedger } from "../parts/folder.js";
import { interruptible } from "../parts/interrupt.js";
import { readKeyFile } from "../parts/keyfile.js";
import { httpSource, withDirectorySource } from "../parts/ledgersource.js";
import { atBlock } from "../parts/problem.js";
import { serveAsk } from "../parts/serving.js";

/** After so many blocks a witness keeps the state, so that it need not execute them again when it is started again. */
const snapshotEvery = 1000;

/** `gridclear witness`: follows, re-executes, cosigns and serves. */
export const witnessCommand: Command = defineCommand({
  name: "witness",
  summary: "follow a ledger, execute it again, cosign its head and serve it",
  forms: [
    "--follow DIR|URL [--key FILE] [--ledger DIR]\n[--serve PORT [--host H]] [--every SECONDS] [--once]",
  ],
  about:
    "Follows a ledger: fetches every block, checks hashes, links and signatures, executes every period again, holds the signed head against what it has seen, and cosigns it. Refuses anything inconsistent and says in which block and why.",
  options: {
    follow: {
      value: "DIR|URL",
      help: "directory of a ledger, or address of a server of blocks (another witness)",
    },
    key: {
      value: "FILE",
      help: "key file of the witness (gridclear keys make); without it a key is made for this run alone",
    },
    ledger: { value: "DIR", help: "directory to keep what was followed in (default: in memory)" },
    serve: {
      value: "PORT",
      help: "port to serve blocks, proofs and the cosigned head on; 0: any that is free",
    },
    host: { value: "H", default: "127.0.0.1", help: "address to serve on; that of this machine alone" },
    every: { value: "SECONDS", default: "10", help: "seconds between rounds" },
    once: { help: "one round, then stop; prints the cosigned head" },
  },
  exits: { 0: "followed and cosigned, or stopped by a signal after that", 1: "the ledger was refused" },
  async run({ options }, io) {
    if (options.follow === undefined) return fail("invalid", "--follow", "a directory or an address", "none");
    const every = number(options.every, 1, 86_400, "--every");
    const port = options.serve === undefined ? null : number(options.serve, 0, 65_535, "--serve");
    const follow = following(options.follow);
    const hasher = await openHasher();
    const signatures = await openSignatures();
    const { name, key } =
      options.key === undefined
        ? { name: "witness", key: await signatures.generate() }
        : await readKeyFile(options.key);
    const store =
      options.ledger === undefined
        ? await openMemoryStore({ hasher })
        : await openOwnLedger(options.ledger, { hasher, verify: "hashes" });
    const engine = await openEngine();
    try {
      const warn = ({ message }: Error): void => io.err(`${message}\n`);
      const witness = await Witness.open({
        hasher,
        signatures,
        name,
        key,
        store,
        ...(await openWitnessReplay({ engine, store, snapshotEvery, onWarning: warn })),
        now: () => Math.floor(Date.now() / 1000),
      });
      const served = port === null ? null : await serveAsk(witness.answer, port, options.host);
      if (served !== null) io.err(`serving on ${served.url}checkpoint\n`);
      try {
        return await rounds({
          witness,
          follow,
          every: options.once ? 0 : every,
          serves: served !== null,
          io,
        });
      } finally {
        await served?.close();
      }
    } finally {
      await store.close();
      engine.close();
    }
  },
});

type Follow = (use: (source: LedgerSource) => Promise<Followed>) => Promise<Followed>;

function following(target: string): Follow {
  if (/^https?:\/\//.test(target)) {
    const source = httpSource(target);
    return (use) => use(source);
  }
  if (!hasLedger(target)) return fail("invalid", "--follow", "a directory with a ledger, or a URL", target);
  return (use) => withDirectorySource(target, use);
}

/** What a witness's rounds need. */
interface Rounds {
  readonly witness: Witness;
  readonly follow: Follow;
  /** Seconds from one round to the next; 0: one round alone. */
  readonly every: number;
  /** A witness that serves goes on serving what was good after it has refused. */
  readonly serves: boolean;
  readonly io: Io;
}

/** What one round came to, and what to say of it. */
interface Round {
  readonly outcome: "good" | "refused" | "out of reach";
  readonly text: string;
}

/** Follows until stopped. The exit code is 1 if the last round refused the ledger, 2 if the only round reached none. */
async function rounds({ witness, follow, every, serves, io }: Rounds): Promise<number> {
  let last: Round = { outcome: "good", text: "" };
  await interruptible(async ({ signal }) => {
    while (!signal.aborted) {
      const now = await round(witness, follow);
      if (now.text !== last.text) (now.outcome === "good" ? io.out : io.err)(now.text);
      last = now;
      if (every === 0 || (!serves && now.outcome === "refused")) break;
      await wait(every * 1000, undefined, { signal }).catch(() => {});
    }
  });
  if (last.outcome === "refused") return 1;
  return last.outcome === "out of reach" && every === 0 ? 2 : 0;
}

async function round(witness: Witness, follow: Follow): Promise<Round> {
  try {
    const followed = await follow((source) => witness.follow(source));
    if (followed.status === "waiting") return { outcome: "good", text: "waiting for the first block\n" };
    if (followed.status !== "refused") return { outcome: "good", text: followed.note };
    const evidence = witness.contradiction === null ? "" : encodeContradiction(witness.contradiction);
    return {
      outcome: "refused",
      text: `REFUSED: ${atBlock(followed.height, followed.reason)}\n${evidence}`,
    };
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    if (error.code !== "storage") return { outcome: "refused", text: `REFUSED: ${error.message}\n` };
    // A server out of reach may answer the next round; a store of our own that fails is the end.
    if (!error.field.startsWith("http")) throw error;
    return { outcome: "out of reach", text: `out of reach: ${error.message}\n` };
  }
}

function number(text: string, least: number, most: number, field: string): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : fail("invalid", field, `${least} to ${most}`, text);
}
