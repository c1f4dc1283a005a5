// What a page pays for the light client, measured as a bundler ships it.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { makeLedger, market, platform } from "../support/community.js";

const root = new URL("../../", import.meta.url).pathname;

async function bundle(entry: string): Promise<{ bytes: number; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from "./src/ledger/${entry}";`, resolveDir: root },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    outdir: "out",
    write: false,
    metafile: true,
    absWorkingDir: root,
    platform: "browser",
  });
  const bytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  return { bytes, inputs: Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)) };
}

// Some hundred bytes above what it has, so that a mended fault need not be saved elsewhere, and far below what a
// package or the core would bring.
test("the light client is under 19.3 kB compressed and needs neither market, store, engine nor any package", async () => {
  const { bytes, inputs } = await bundle("verify.ts");
  expect(bytes).toBeLessThan(19_300);
  expect(inputs.filter((path) => /\/(market|core|store|simulation|cli)\/|node_modules/.test(path))).toEqual(
    [],
  );
});

test("the client of a served market is under 25 kB and needs no more", async () => {
  const { bytes, inputs } = await bundle("../client/index.ts");
  expect(bytes).toBeLessThan(25_000);
  expect(inputs.filter((path) => /\/(market|core|store|simulation|cli)\/|node_modules/.test(path))).toEqual(
    [],
  );
});

test("Ed25519 for platforms without it is under 15 kB too, and brings one package", async () => {
  const { bytes, inputs } = await bundle("keys/ed25519.ts");
  expect(bytes).toBeLessThan(15_000);
  const packages = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  expect(new Set(packages)).toEqual(new Set(["@noble/curves", "@noble/hashes"]));
});

test("the entry alone follows a ledger, proves a trade and judges a receipt", async () => {
  const verify = await import("../../src/ledger/verify.js");
  const ledger = await makeLedger(2);
  const client = new verify.LightClient({
    hasher: verify.plainHasher,
    signatures: await verify.openSignatures(),
    marketId: market,
    platformKey: platform.publicKey,
  });
  const ask = await ledger.serve();
  await client.update(ask);
  const { record } = await client.prove(ask, 2, "trades", 0);
  expect(verify.readRecord(verify.tradeLayout, verify.recordOf(record!), 0).kind).toBe("peer");
  expect((await client.judge(ask, ledger.receipts[0]!)).verdict).toBe("kept");
  expect(await verify.verifyChain(ledger.blocks, verify.plainHasher)).toMatchObject({ ok: true, size: 3 });
});
