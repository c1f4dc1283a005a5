import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openEngine } from "../../core/engine.js";
import { fail, GridclearError } from "../../errors.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { encodeContradiction } from "../../ledger/proof/contradiction.js";
import { type Followed, type LedgerSource, Witness } from "../../ledger/service/witness.js";
import { openMemoryStore } from "../../ledger/store/memory.js";
import { hasLedger, openNodeStore } from "../../ledger/store/node.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { openReplay } from "../../market/replay.js";
import type { Command, Io } from "../command.js";
import { httpSource, withDirectorySource } from "../parts/ledgersource.js";
import { readKeyFile } from "../parts/keyfile.js";
import { serveAsk } from "../parts/serving.js";

const usage = `Usage: gridclear witness --follow DIR|URL [--key FILE] [--ledger DIR] [--serve PORT] [--every SECONDS] [--once]

Follows a ledger: fetches every block, checks hashes, links and signatures, executes every period again, holds the signed
head against what it has seen, and cosigns it. Refuses anything inconsistent and says at which height and why.

--follow   directory of a ledger, or address of a server of blocks (another witness)
--key      key file of the witness (gridclear keys make); without it a key is made for this run alone
--ledger   directory to keep what was followed in (default: in memory)
--serve    port to serve blocks, proofs and the cosigned head on; 0: any that is free
--host     address to serve on (default 127.0.0.1: this machine only)
--every    seconds between rounds (default 10)
--once     one round, then stop; prints the cosigned head

Exit code 0: followed and cosigned. 1: the ledger was refused.
`;

/** `gridclear witness`: follows, re-executes, cosigns and serves. */
export const witnessCommand: Command = {
  name: "witness",
  summary: "follow a ledger, execute it again, cosign its head and serve it",
  usage,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        follow: { type: "string" },
        key: { type: "string" },
        ledger: { type: "string" },
        serve: { type: "string" },
        host: { type: "string", default: "127.0.0.1" },
        every: { type: "string", default: "10" },
        once: { type: "boolean", default: false },
      },
    });
    if (values.follow === undefined)
      return fail("invalid", "--follow", "a directory or an address", undefined);
    const every = number(values.every, 1, 86_400, "--every");
    const port = values.serve === undefined ? null : number(values.serve, 0, 65_535, "--serve");
    const follow = following(values.follow);
    const hasher = await openHasher();
    const signatures = await openSignatures();
    const { name, key } =
      values.key === undefined
        ? { name: "witness", key: await signatures.generate() }
        : await readKeyFile(values.key);
    const store =
      values.ledger === undefined
        ? await openMemoryStore({ hasher })
        : await openNodeStore(values.ledger, { hasher });
    const engine = await openEngine();
    const replay = openReplay(engine);
    try {
      const witness = await Witness.open({
        hasher,
        signatures,
        name,
        key,
        store,
        replay: async (block) => replay.replay(block).outcome.state,
        now: () => Math.floor(Date.now() / 1000),
      });
      const served = port === null ? null : await serveAsk(witness.answer, port, values.host);
      if (served !== null) io.err(`serving on http://${values.host}:${served.port}/checkpoint\n`);
      try {
        return await rounds(witness, follow, values.once ? 0 : every, served !== null, io);
      } finally {
        served?.server.close();
        served?.server.closeAllConnections();
      }
    } finally {
      await store.close();
      engine.close();
    }
  },
};

type Follow = (use: (source: LedgerSource) => Promise<Followed>) => Promise<Followed>;

function following(target: string): Follow {
  if (/^https?:\/\//.test(target)) {
    const source = httpSource(target);
    return (use) => use(source);
  }
  if (!hasLedger(target)) return fail("invalid", "--follow", "a directory with a ledger, or a URL", target);
  return (use) => withDirectorySource(target, use);
}

/** Follows round by round until stopped; `every` 0: one round. A witness that serves goes on serving what was good. */
async function rounds(
  witness: Witness,
  follow: Follow,
  every: number,
  serves: boolean,
  io: Io,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  let said = "";
  let good = true;
  try {
    while (!stop.signal.aborted) {
      const line = await round(witness, follow);
      good = line.good;
      if (line.text !== said) (good ? io.out : io.err)(line.text);
      said = line.text;
      if (every === 0 || (!serves && line.text.startsWith("REFUSED"))) break;
      await wait(every * 1000, undefined, { signal: stop.signal }).catch(() => {});
    }
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
  return good ? 0 : 1;
}

async function round(witness: Witness, follow: Follow): Promise<{ text: string; good: boolean }> {
  try {
    const followed = await follow((source) => witness.follow(source));
    if (followed.status === "waiting") return { text: "waiting for the first block\n", good: true };
    if (followed.status !== "refused") return { text: followed.note, good: true };
    const evidence = witness.contradiction === null ? "" : encodeContradiction(witness.contradiction);
    return { text: `REFUSED at height ${followed.height}: ${followed.reason}\n${evidence}`, good: false };
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    // A server out of reach may answer the next round; a store of our own that fails is the end.
    if (error.code === "storage" && !error.field.startsWith("http")) throw error;
    return {
      text: `${error.code === "storage" ? "out of reach" : "REFUSED"}: ${error.message}\n`,
      good: false,
    };
  }
}

function number(text: string, least: number, most: number, field: string): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : fail("invalid", field, `${least} to ${most}`, text);
}
