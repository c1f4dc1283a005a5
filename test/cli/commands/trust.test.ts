// The commands over keys, proofs, receipts and witnesses, on ledgers on disk and over HTTP.

import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hex } from "../../../src/bytes.js";
import { keysCommand } from "../../../src/cli/commands/keys.js";
import { proveCommand } from "../../../src/cli/commands/prove.js";
import { snapshotCommand } from "../../../src/cli/commands/snapshot.js";
import { verifyCommand } from "../../../src/cli/commands/verify.js";
import { witnessCommand } from "../../../src/cli/commands/witness.js";
import { readKeyFile, writeKeyFile } from "../../../src/cli/parts/keyfile.js";
import { httpSource } from "../../../src/cli/parts/ledgersource.js";
import { serveAsk } from "../../../src/cli/parts/serving.js";
import { sectionNames } from "../../../src/ledger/format/sections.js";
import type { SigningKey } from "../../../src/ledger/keys/backend.js";
import {
  checkpointKey,
  cosign,
  cosignatures,
  formatKey,
  isSignedBy,
  originOf,
  parseCheckpoint,
  signCheckpoint,
  unsignedCheckpoint,
  witnessKeyKind,
} from "../../../src/ledger/proof/checkpoint.js";
import { encodeReceipt } from "../../../src/ledger/proof/receipt.js";
import { LightClient } from "../../../src/ledger/service/client.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { openMarket } from "../../../src/market/open.js";
import { call, run } from "../../support/commands.js";
import {
  engine,
  hasher,
  keyOf,
  type Ledger,
  makeLedger,
  market,
  platform,
  signatures,
  startPeriod,
} from "../../support/community.js";

let folder: string;
let honest: Ledger;
let liar: Ledger;
const at = (name: string): string => join(folder, name);

async function write(name: string, ledger: Ledger, note: string | null): Promise<void> {
  const store = await openNodeStore(at(name), { hasher });
  for (const [height, block] of ledger.blocks.entries()) await store.append(block, height);
  if (note !== null) await store.putMeta(checkpointKey, new TextEncoder().encode(note));
  await store.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-trust-"));
  honest = await makeLedger(4);
  liar = await makeLedger(4, {
    lie: (sealing) => void (sealing.height === 3 && sealing.orders.splice(2, 1)),
  });
  await write("honest", honest, await honest.head());
  await write("liar", liar, await liar.head());
  await write("bare", honest, null);
  await writeKeyFile(at("platform.key"), "platform", platform);
  await writeKeyFile(at("w.key"), "wanda", await keyOf(7));
  await writeFile(at("head"), await honest.head());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("gridclear keys", () => {
  test("makes a key for its owner alone, shows it, never overwrites it", async () => {
    const made = await run(keysCommand, "make", at("new.key"), "--name", "wanda", "--json");
    expect(made.code).toBe(0);
    expect((await stat(at("new.key"))).mode & 0o777).toBe(0o600);
    const shown = await run(keysCommand, "show", at("new.key"), "--json");
    expect(shown.out).toBe(made.out);
    const { publicKey, name } = JSON.parse(made.out);
    const file = await readKeyFile(at("new.key"));
    expect([hex(file.key.publicKey), file.name, name]).toEqual([publicKey, "wanda", "wanda"]);
    expect((await readFile(at("new.key"), "utf8")).includes(publicKey)).toBe(false);
    await expect(run(keysCommand, "make", at("new.key"))).rejects.toMatchObject({ code: "conflict" });
    expect(hex((await readKeyFile(at("new.key"))).key.publicKey)).toBe(publicKey);
  });

  test("refuses a key file that others can read, and one that is none", async () => {
    await writeFile(at("open.key"), await readFile(at("w.key")), { mode: 0o600 });
    await chmod(at("open.key"), 0o644);
    await expect(run(keysCommand, "show", at("open.key"))).rejects.toMatchObject({ code: "refused" });
    for (const [index, text] of [
      "",
      "{}",
      "x".repeat(5000),
      '{"format":"gridclear key v2","name":"a","seed":"00"}',
    ].entries()) {
      await writeFile(at(`bad${index}`), text, { mode: 0o600 });
      await expect(run(keysCommand, "show", at(`bad${index}`))).rejects.toHaveProperty("field");
    }
    await expect(run(keysCommand, "make", at("n.key"), "--name", "a b")).rejects.toMatchObject({
      field: "name",
    });
    await expect(stat(at("n.key"))).rejects.toMatchObject({ code: "ENOENT" });
    await chmod(folder, 0o700);
    await expect(run(keysCommand, "show", folder)).rejects.toMatchObject({ field: folder });
    await expect(run(keysCommand, "burn", at("w.key"))).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("gridclear prove and verify --proof", () => {
  const options: Record<string, string> = {
    orders: "order",
    trades: "trade",
    flows: "flow",
    readings: "reading",
    postings: "posting",
    contracts: "contract",
    evidence: "evidence",
    state: "state",
    rules: "rule",
    names: "name",
    books: "book",
    lastReadings: "last-reading",
  };

  test("every kind of record, checked against the head's signature, the ledger and a checkpoint", async () => {
    for (const section of sectionNames) {
      const place = section === "contracts" ? "0:2" : "4:0";
      expect(
        await run(proveCommand, at("honest"), `--${options[section]}`, place, "--out", at("proof")),
      ).toMatchObject({ code: 0, out: "" });
      for (const trust of [
        ["--key", hex(platform.publicKey)],
        [at("honest")],
        ["--checkpoint", at("head")],
      ]) {
        const { code, out } = await run(verifyCommand, "--proof", at("proof"), "--json", ...trust);
        expect(code).toBe(0);
        expect(JSON.parse(out)).toMatchObject({
          ok: true,
          kind: section,
          size: 5,
          height: section === "contracts" ? 0 : 4,
        });
        expect(JSON.parse(out).trusted).not.toBeNull();
      }
    }
  });

  test("a proof under a head that nobody vouches for says so; under another head or key it is bad", async () => {
    const { out } = await run(proveCommand, at("bare"), "--order", "2:1", "--size", "3");
    await writeFile(at("proof"), out);
    const alone = await run(verifyCommand, "--proof", at("proof"));
    expect(alone).toMatchObject({ code: 0, out: expect.stringContaining("nobody vouches for that head") });
    expect(await run(verifyCommand, "--proof", at("proof"), at("honest"))).toMatchObject({ code: 0 });
    await run(proveCommand, at("liar"), "--order", "3:1", "--out", at("proof"));
    expect(await run(verifyCommand, "--proof", at("proof"), at("honest"))).toMatchObject({ code: 1 });
    expect(await run(verifyCommand, "--proof", at("proof"), "--checkpoint", at("head"))).toMatchObject({
      code: 1,
    });
    const stranger = hex((await readKeyFile(at("w.key"))).key.publicKey);
    const wrong = await run(verifyCommand, "--proof", at("proof"), "--key", stranger);
    expect(wrong).toMatchObject({
      code: 1,
      out: expect.stringContaining("BAD: checkpoint: wanted a signature"),
    });
  });

  test("a block alone, growth, and the head", async () => {
    await run(proveCommand, at("honest"), "--block", "3", "--out", at("proof"));
    expect(await run(verifyCommand, "--proof", at("proof"), at("honest"))).toMatchObject({
      code: 0,
      out: expect.stringContaining("block 3 (period 1003)"),
    });
    await run(proveCommand, at("honest"), "--consistency", "2:5", "--out", at("proof"));
    expect(await run(verifyCommand, "--proof", at("proof"))).toMatchObject({
      code: 0,
      out: expect.stringContaining("the first 2 of 5 blocks"),
    });
    const head = (await run(proveCommand, at("bare"), "--head", "--key", at("platform.key"))).out;
    expect(await isSignedBy(parseCheckpoint(head), platform.publicKey, signatures, hasher)).toBe(true);
    expect(parseCheckpoint(head).checkpoint.root).toEqual(honest.history.root());
    await expect(run(proveCommand, at("bare"), "--head", "--key", at("w.key"))).rejects.toMatchObject({
      code: "refused",
    });
  });

  test("a fork becomes evidence, of one size or of two", async () => {
    await writeFile(at("a"), await honest.head(5));
    await writeFile(at("b"), await liar.head(5));
    await writeFile(at("c"), await honest.head(4));
    for (const [x, y] of [
      ["a", "b"],
      ["c", "b"],
    ] as const) {
      await run(proveCommand, at("liar"), "--fork", at(x), "--fork", at(y), "--out", at("proof"));
      const judged = await run(verifyCommand, "--proof", at("proof"), at("honest"));
      expect(judged).toMatchObject({
        code: 1,
        out: expect.stringContaining("the platform contradicts itself"),
      });
    }
    await run(proveCommand, at("honest"), "--fork", at("a"), "--fork", at("c"), "--out", at("proof"));
    await expect(run(verifyCommand, "--proof", at("proof"), at("honest"))).rejects.toMatchObject({
      code: "invalid",
    });
  });

  test("a head is final when k of the n witnesses named have cosigned it", async () => {
    const lines: string[] = [];
    let note = await honest.head();
    for (const number of [11, 12, 13]) {
      const witness = { name: `w${number}`, publicKey: (await keyOf(number)).publicKey };
      lines.push(formatKey(witness, witnessKeyKind, hasher));
      if (number < 13)
        note = await cosign(
          note,
          { name: witness.name, key: await keyOf(number), time: 1_700_000_000 },
          hasher,
        );
    }
    await writeFile(at("final"), note);
    await run(proveCommand, at("honest"), "--order", "4:1", "--out", at("proof"));
    const judge = (...more: string[]) =>
      run(
        verifyCommand,
        "--proof",
        at("proof"),
        "--json",
        ...more,
        ...lines.flatMap((key) => ["--witness", key]),
      );
    const cosigned = ["--checkpoint", at("final")];
    const good = await judge(...cosigned, "--threshold", "2", "--key", hex(platform.publicKey));
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out).trusted).toContain("final: cosigned by w11, w12, of 3 witnesses");
    expect(await judge(...cosigned)).toMatchObject({ code: 1, out: expect.stringContaining("w11, w12") });
    // The head in the proof itself is the platform's alone.
    expect(await judge("--threshold", "1")).toMatchObject({ code: 1 });
    for (const threshold of ["0", "4", "x", "1.5"])
      await expect(judge(...cosigned, "--threshold", threshold)).rejects.toMatchObject({ code: "invalid" });
    await expect(judge(at("honest"))).rejects.toMatchObject({ field: "--witness" });
  });

  test.skipIf(process.platform === "win32")("files that are none, or have no end, are refused", async () => {
    for (const [option, path] of [
      ["--proof", folder],
      ["--proof", "/dev/zero"],
      ["--receipt", "/dev/zero"],
    ] as const)
      await expect(run(verifyCommand, option, path, at("honest"))).rejects.toMatchObject({ field: path });
  });

  test("what can't be proven is refused with the reason", async () => {
    for (const args of [
      ["--order", "4:7"],
      ["--order", "9:0"],
      ["--order", "4"],
      ["--order", "4:-1"],
      ["--order", "4:0", "--trade", "4:0"],
      ["--block", "1e3"],
      ["--consistency", "0:5"],
      ["--consistency", "5:6"],
      ["--order", "4:0", "--size", "3"],
      ["--order", "4:0", "--key", "x"],
      [],
    ])
      await expect(run(proveCommand, at("honest"), ...args)).rejects.toMatchObject({
        name: "GridclearError",
        code: "invalid",
      });
    await expect(run(proveCommand, at("nowhere"), "--block", "0")).rejects.toHaveProperty("code");
  });
});

describe("gridclear verify LEDGER against a head", () => {
  const key = hex(platform.publicKey);
  const verify = async (ledger: string, ...more: string[]) => {
    const { code, out } = await run(verifyCommand, at(ledger), "--json", ...more);
    return { code, ...(JSON.parse(out) as Record<string, unknown>) };
  };
  const headOf = async (name: string, note: string): Promise<string[]> => {
    await writeFile(at(`head-${name}`), note);
    return ["--checkpoint", at(`head-${name}`)];
  };
  let stranger: SigningKey;
  beforeAll(async () => {
    stranger = await keyOf(77);
    await write("begun", { ...honest, blocks: honest.blocks.slice(0, 4) }, null);
    for (const height of ["1", "3"]) await run(snapshotCommand, at("bare"), "--at", height);
  });

  test("a good one, of all blocks or of the first, signed or not", async () => {
    for (const size of [1, 3, 5]) {
      const head = await headOf("good", await honest.head(size));
      for (const more of [[], ["--key", key], ["--from", "1"], ["--from", "3", "--key", key]])
        expect(await verify("bare", ...head, ...more)).toMatchObject({
          code: 0,
          ok: true,
          blocks: 5,
          trusted: {
            size,
            source: expect.stringContaining(more.includes("--key") ? "key given" : at("head-good")),
          },
        });
    }
    const head = await headOf("unsigned", (await honest.head(5)).replace(/— .*\n/, ""));
    expect(await verify("bare", ...head)).toMatchObject({ code: 0 });
    expect(await verify("bare", ...head, "--key", key)).toMatchObject({
      code: 1,
      reason: expect.stringContaining("checkpoint: wanted a signature"),
    });
    const said = await run(verifyCommand, at("bare"), ...(await headOf("good", await honest.head(3))));
    expect(said.out).toContain(
      `the first 3 blocks lie under a trusted head: that head is the one of ${at("head-good")}`,
    );
    expect((await run(verifyCommand, at("bare"))).out).not.toContain("trusted");
    expect(await verify("bare")).toMatchObject({ code: 0, trusted: null });
  });

  test("from a snapshot above the head, of which nothing vouches for it, that is said", async () => {
    const head = await headOf("low", await honest.head(3));
    const said = async (from: string) => (await run(verifyCommand, at("bare"), ...head, "--from", from)).out;
    expect(await said("3")).toContain("NOT CHECKED: the snapshot of height 3 against that head");
    expect(await said("1")).not.toContain("NOT CHECKED");
  });

  test("one of other blocks, of another market, ahead of the ledger, or forged is bad", async () => {
    const wrong = async (ledger: string, note: string, reason: string, ...more: string[]) => {
      const head = await headOf("wrong", note);
      for (const from of ledger === "bare" ? [[], ["--from", "3"]] : [[]])
        expect(await verify(ledger, ...head, ...from, ...more)).toMatchObject({
          code: 1,
          ok: false,
          reason: expect.stringContaining(reason),
        });
    };
    await wrong("bare", await liar.head(5), "head of 5 blocks that is trusted: wanted ");
    const root = honest.history.root();
    const stray = { origin: originOf(new Uint8Array(32)), size: 5, root };
    await wrong("bare", await signCheckpoint(stray, platform, hasher), "origin of the head that is trusted");
    await wrong("begun", await honest.head(5), "block 4: wanted a block: the head that is trusted covers 5");
    expect(await verify("begun", ...(await headOf("wrong", await honest.head(5))))).toMatchObject({
      height: 4,
    });
    // Whoever has no key of the platform makes a head of other blocks, signs it himself, or moves a signature to it.
    const forged = { origin: originOf(market), size: 5, root: liar.history.root() };
    await wrong(
      "liar",
      await signCheckpoint(forged, stranger, hasher),
      "checkpoint: wanted a signature",
      "--key",
      key,
    );
    const moved = unsignedCheckpoint(forged) + (await honest.head(5)).split("\n\n")[1];
    await wrong("liar", moved, "checkpoint: wanted a signature", "--key", key);
    await wrong("bare", moved, "head of 5 blocks that is trusted: wanted ");
    await headOf("none", "no head");
    await expect(run(verifyCommand, at("bare"), "--checkpoint", at("head-none"))).rejects.toMatchObject({
      code: "invalid",
    });
  });

  test("without --checkpoint a key and witnesses speak of the head kept beside the ledger", async () => {
    expect(await verify("honest", "--key", key)).toMatchObject({ code: 0, trusted: { size: 5 } });
    for (const [ledger, other] of [
      ["honest", hex(stranger.publicKey)],
      ["bare", key],
    ] as const)
      expect(await verify(ledger, "--key", other)).toMatchObject({ code: 1, ok: false });
    const names = await Promise.all(
      [21, 22].map(async (number) => ({ name: `w${number}`, key: await keyOf(number) })),
    );
    const lines = names.flatMap(({ name, key: { publicKey } }) => [
      "--witness",
      formatKey({ name, publicKey }, witnessKeyKind, hasher),
    ]);
    expect(await verify("honest", ...lines)).toMatchObject({
      code: 1,
      reason: expect.stringContaining("cosignatures of 2 of the 2 witnesses"),
    });
    const note = await cosign(await honest.head(), { ...names[0]!, time: 1_700_000_000 }, hasher);
    const head = await headOf("cosigned", note);
    expect(await verify("honest", ...head, ...lines)).toMatchObject({ code: 1 });
    expect(await verify("honest", ...head, ...lines, "--threshold", "1")).toMatchObject({
      code: 0,
      trusted: { size: 5, source: expect.stringContaining("final: cosigned by w21, of 2 witnesses") },
    });
    await expect(run(verifyCommand, at("honest"), "--threshold", "1")).rejects.toMatchObject({
      field: "--threshold",
    });
  });
});

describe("a demand that nobody would check is refused", () => {
  const key = hex(platform.publicKey);
  const named = [
    ["--key", key],
    ["--checkpoint", "head"],
    ["--witness", "w+00000000+AAAA"],
    ["--threshold", "1"],
  ] as const;
  beforeAll(async () => {
    await run(proveCommand, at("honest"), "--order", "4:0", "--out", at("order"));
    await run(proveCommand, at("bare"), "--order", "4:0", "--out", at("unheaded"));
    await run(proveCommand, at("honest"), "--consistency", "2:5", "--out", at("growth"));
    await writeFile(at("promise"), encodeReceipt(honest.receipts[0]!));
  });

  test.each(named)("%s of a receipt, and of a proof beside a ledger", async (option, value) => {
    for (const question of [
      ["--receipt", at("promise"), at("honest")],
      ["--proof", at("order"), at("honest")],
    ])
      await expect(run(verifyCommand, ...question, option, value)).rejects.toMatchObject({
        code: "invalid",
        field: option,
      });
  });

  test("--key of a proof of growth", async () => {
    expect(await run(verifyCommand, "--proof", at("growth"))).toMatchObject({ code: 0 });
    await expect(run(verifyCommand, "--proof", at("growth"), "--key", key)).rejects.toMatchObject({
      field: "--key",
    });
  });

  test("a proof without a head can't be good by a key", async () => {
    expect(await run(verifyCommand, "--proof", at("order"), "--key", key)).toMatchObject({ code: 0 });
    expect(await run(verifyCommand, "--proof", at("unheaded"))).toMatchObject({ code: 0 });
    expect(await run(verifyCommand, "--proof", at("unheaded"), "--key", key)).toMatchObject({
      code: 1,
      out: expect.stringContaining(`wanted a head that ${key} signed`),
    });
  });

  test("--size where no head is chosen by it", async () => {
    await expect(
      run(proveCommand, at("honest"), "--consistency", "2:5", "--size", "5"),
    ).rejects.toMatchObject({ field: "--size" });
  });
});

describe("gridclear verify LEDGER", () => {
  test("holds the ledger against the head signed before: a fork, missing blocks, a stranger's signature", async () => {
    expect(await run(verifyCommand, at("honest"))).toMatchObject({ code: 0 });
    const short = { ...honest, blocks: honest.blocks.slice(0, 4) };
    const stranger = await keyOf(77);
    const checkpoint = { origin: originOf(market), size: 5, root: honest.history.root() };
    for (const [name, ledger, note, said] of [
      ["forked", honest, await liar.head(), "head of 5 blocks"],
      [
        "short",
        short,
        await honest.head(),
        "block 4: wanted a block: the head kept beside the ledger covers 5",
      ],
      [
        "foreign",
        honest,
        await signCheckpoint(checkpoint, stranger, hasher),
        "head: wanted a signature of the platform",
      ],
    ] as const) {
      await write(name, ledger, note);
      expect(await run(verifyCommand, at(name))).toMatchObject({
        code: 1,
        out: expect.stringContaining(said),
      });
    }
  });
});

describe("gridclear prove --meter", () => {
  test("shows a meter of a past period below its book, and refuses what there is none of", async () => {
    const book = ["prove", at("honest"), "--meter"];
    const { code, out } = await call(...book, "4:0:0");
    expect(code).toBe(0);
    await writeFile(at("meter"), out);
    const said = await call("verify", "--proof", at("meter"), at("honest"), "--json");
    expect(said.code).toBe(0);
    const { kind, record, meter } = JSON.parse(said.out);
    expect(kind).toBe("books");
    expect(record.meters).toBeGreaterThan(0);
    expect(meter).toMatchObject({ index: 0, record: { participant: 0, carrier: "electricity" } });
    const shown = (await call("verify", "--proof", at("meter"), at("honest"))).out;
    expect(shown).toMatch(/^good: meter 0 of books\[0\] of block 4 /);
    for (const [wrong, error] of [
      ["4:0", "three whole numbers"],
      ["4:99:0", "books number"],
      [`4:0:${record.meters}`, `0 to ${record.meters - 1}`],
    ] as const)
      expect(await call(...book, wrong)).toMatchObject({ code: 2, err: expect.stringContaining(error) });
  });
});

describe("gridclear verify --receipt", () => {
  test("kept, contradicted with evidence, not yet, and not the platform's", async () => {
    const receipt = liar.receipts.find(({ period, number }) => period === startPeriod + 3 && number === 2)!;
    await writeFile(at("receipt"), encodeReceipt(receipt));
    expect(await run(verifyCommand, "--receipt", at("receipt"), at("honest"))).toMatchObject({
      code: 0,
      out: expect.stringContaining("good: kept"),
    });
    const judged = await run(verifyCommand, "--receipt", at("receipt"), at("liar"), "--json");
    expect(judged.code).toBe(1);
    const { verdict, contradiction } = JSON.parse(judged.out);
    expect(verdict).toBe("contradicted");
    await writeFile(at("evidence"), contradiction);
    const evidence = await run(verifyCommand, "--proof", at("evidence"), at("honest"));
    expect(evidence).toMatchObject({
      code: 1,
      out: expect.stringContaining("order 2 of period 1003 is another"),
    });
    const later = { ...receipt, period: startPeriod + 9 };
    await writeFile(at("receipt"), encodeReceipt(later));
    expect(await run(verifyCommand, "--receipt", at("receipt"), at("honest"))).toMatchObject({
      code: 1,
      out: expect.stringContaining("signature"),
    });
    await expect(run(verifyCommand, "--receipt", at("receipt"))).rejects.toMatchObject({ code: "invalid" });
    await writeFile(at("receipt"), "no receipt");
    await expect(run(verifyCommand, "--receipt", at("receipt"), at("honest"))).rejects.toHaveProperty("code");
  });
});

describe("gridclear witness", () => {
  test("follows a directory, cosigns, keeps what it followed and goes on from there", async () => {
    const args = ["--follow", at("honest"), "--key", at("w.key"), "--ledger", at("kept"), "--once"];
    const { code, out } = await run(witnessCommand, ...args);
    expect(code).toBe(0);
    const wanda = { name: "wanda", publicKey: (await readKeyFile(at("w.key"))).key.publicKey };
    expect(await cosignatures(parseCheckpoint(out), [wanda], signatures, hasher)).toHaveLength(1);
    expect(await run(witnessCommand, ...args)).toMatchObject({ code: 0, out });
    // What it kept is a ledger like any other.
    expect(await run(verifyCommand, at("kept"))).toMatchObject({ code: 0 });
  });

  test("refuses a ledger that does not re-execute, naming the height; one without a signed head; a fork", async () => {
    const wrong = await makeLedger(4, {
      lie: (sealing) => {
        if (sealing.height !== 2) return;
        sealing.draft = (draft) => {
          const trades = draft.sections.trades!.slice();
          trades[16]! ^= 1;
          return { ...draft, sections: { ...draft.sections, trades } };
        };
      },
    });
    await write("wrong", wrong, await wrong.head());
    const refused = await run(witnessCommand, "--follow", at("wrong"), "--once");
    expect(refused).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("REFUSED: block 2: trades[0].supplyPrice"),
    });
    expect(await run(witnessCommand, "--follow", at("bare"), "--once")).toMatchObject({
      code: 1,
      err: expect.stringContaining("a head signed by the platform"),
    });
    const forked = await run(witnessCommand, "--follow", at("liar"), "--ledger", at("kept"), "--once");
    expect(forked).toMatchObject({ code: 1, err: expect.stringContaining("gridclear contradiction v2") });
  });

  test("is client and server: one witness follows another over HTTP", async () => {
    const served = await serveAsk(await honest.serve(), 0, "127.0.0.1");
    const url = served.url.slice(0, -1);
    try {
      const { code, out } = await run(witnessCommand, "--follow", url, "--once");
      expect(code).toBe(0);
      expect(parseCheckpoint(out).checkpoint.size).toBe(5);
      const source = httpSource(url);
      expect(await source.block(2)).toEqual(honest.blocks[2]);
      expect(await source.block(9)).toBeNull();
      for (const [path, init, status] of [
        ["/proof/5/4/orders/0", {}, 200],
        ["/checkpoint", { method: "HEAD" }, 200],
        ["/checkpoint", { method: "POST", body: "x" }, 405],
        ["/../package.json", {}, 404],
        ["/%2e%2e/package.json", {}, 404],
        ["/block/-1", {}, 404],
        ["/block/1e1", {}, 404],
        ["/block/__proto__", {}, 404],
        [`/block/${"9".repeat(200)}`, {}, 404],
      ] as const) {
        const response = await fetch(`${url}${path}`, init);
        expect([path, response.status]).toEqual([path, status]);
        await response.arrayBuffer();
      }
    } finally {
      await served.close();
    }
    const gone = await run(witnessCommand, "--follow", url, "--once");
    // No verdict on the ledger, so not exit code 1; and why, which fetch itself does not say.
    expect(gone).toMatchObject({ code: 2, err: expect.stringContaining("ECONNREFUSED") });
    expect(gone.err).toMatch(/^out of reach: /);
  });

  test("follows an unsigned market as well: then the witness is all that vouches", async () => {
    const store = await openNodeStore(at("unsigned"), { hasher });
    const opened = await openMarket({ engine, store, participants: ["ann", "bob"], startPeriod: 3 });
    opened.submit({
      participant: "ann",
      carrier: "electricity",
      side: "offer",
      quantity: "2.5",
      price: "0.08",
    });
    opened.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
    await opened.clearPeriod(1000);
    await store.close();
    const { code, out } = await run(
      witnessCommand,
      "--follow",
      at("unsigned"),
      "--key",
      at("w.key"),
      "--once",
    );
    expect(code).toBe(0);
    const wanda = { name: "wanda", publicKey: (await readKeyFile(at("w.key"))).key.publicKey };
    const policy = { threshold: 1, witnesses: [wanda] };
    const options = { hasher, signatures, marketId: opened.id, platformKey: null, policy };
    const ask = async (note: string) =>
      new LightClient(options).update(async () => new TextEncoder().encode(note));
    expect(await ask(out)).toMatchObject({ size: 2 });
    await expect(ask(`${out.split("\n\n")[0]}\n\n`)).rejects.toMatchObject({ code: "signature" });
    await expect(run(verifyCommand, "--receipt", at("receipt"), at("unsigned"))).rejects.toHaveProperty(
      "code",
    );
  });

  test("refuses arguments that are none", async () => {
    for (const args of [
      [],
      ["--follow", at("nowhere")],
      ["--follow", "ftp://x"],
      ["--follow", at("honest"), "--serve", "70000"],
      ["--follow", at("honest"), "--every", "0"],
    ])
      await expect(run(witnessCommand, ...args)).rejects.toMatchObject({ code: "invalid" });
  });
});
