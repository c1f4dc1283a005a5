// What a page pays for the light client, measured as a bundler ships it.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { makeLedger, market, platform } from "../support/community.js";

const root = new URL("../../", import.meta.url).pathname;

async function bundle(entry: string): Promise<{ eager: number; late: number; inputs: string[] }> {
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
  const late = new Set(
    Object.values(metafile.outputs).flatMap(({ imports }) =>
      imports.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => path),
    ),
  );
  const size = (isLate: boolean): number =>
    Object.keys(metafile.outputs)
      .filter((path) => late.has(path) === isLate)
      .reduce((sum, path) => {
        const file = outputFiles.find((output) => output.path.endsWith(path))!;
        return sum + gzipSync(file.contents, { level: 9 }).length;
      }, 0);
  const inputs = Object.entries(metafile.outputs)
    .filter(([path]) => !late.has(path))
    .flatMap(([, output]) => Object.keys(output.inputs));
  return { eager: size(false), late: size(true), inputs };
}

test("the light client is under 15 kB compressed and needs neither market, store, engine nor any package", async () => {
  const { eager, inputs } = await bundle("verify.ts");
  expect(eager).toBeLessThan(15_000);
  expect(inputs.filter((path) => /\/(market|core|store|simulation|cli)\/|node_modules/.test(path))).toEqual(
    [],
  );
});

test("its fallback for platforms without Ed25519 comes as a chunk of its own, also under 15 kB", async () => {
  const { late } = await bundle("verify.ts");
  expect(late).toBeGreaterThan(1000);
  expect(late).toBeLessThan(15_000);
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
  expect(verify.readRecord(verify.tradeLayout, record!.bytes, 0).kind).toBe("peer");
  expect((await client.judge(ask, ledger.receipts[0]!)).verdict).toBe("kept");
  expect(await verify.verifyChain(ledger.blocks, verify.plainHasher)).toMatchObject({ ok: true, size: 3 });
});
