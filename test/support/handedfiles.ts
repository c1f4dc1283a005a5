/** What somebody may send to somebody else: a signed ledger and what is made of it, by the commands themselves. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call } from "./commands.js";

/** A file, by the path that a page would be told. */
export interface SentFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A ledger of ten blocks and what is made of it. */
export interface Sent {
  readonly folder: string;
  /** The files of its directory. */
  readonly directory: readonly SentFile[];
  /** By name: ledger.gclf, ledger.json, bundle.json, proof.json, growth.json, head.txt, key.txt, bill.html, .json. */
  file(name: string): SentFile;
  /** Height of a block of it that has trades. */
  readonly trading: number;
  remove(): void;
}

async function called(...args: string[]): Promise<string> {
  const { code, out, err } = await call(...args);
  if (code !== 0) throw new Error(`gridclear ${args.join(" ")}: ${code} ${err}`);
  return out;
}

function filesBelow(folder: string, name: string): SentFile[] {
  return readdirSync(join(folder, name)).flatMap((each) => {
    const path = `${name}/${each}`;
    return statSync(join(folder, path)).isDirectory()
      ? filesBelow(folder, path)
      : [{ path, bytes: readFileSync(join(folder, path)) }];
  });
}

/** Runs a small signed market and writes all of it into a temporary folder. */
export async function sendLedger(): Promise<Sent> {
  const folder = mkdtempSync(join(tmpdir(), "gridclear-sent-"));
  const at = (name: string): string => join(folder, name);
  await called("keys", "make", at("platform.key"));
  const key = await called("keys", "show", at("platform.key"));
  await called(
    "run",
    "small",
    "--ledger",
    at("ledger"),
    "--key",
    at("platform.key"),
    "--periods",
    "9",
    "--snapshot-every",
    "4",
  );
  for (const format of ["json", "file"] as const)
    await called(
      "export",
      at("ledger"),
      "--format",
      format,
      "--output",
      at(format === "json" ? "ledger.json" : "ledger.gclf"),
    );
  await called("statement", at("ledger"), "home-01", "--bundle", at("bundle.json"));
  await called("prove", at("ledger"), "--order", "5:2", "--out", at("proof.json"));
  await called("prove", at("ledger"), "--consistency", "3:8", "--out", at("growth.json"));
  await called("prove", at("ledger"), "--head", "--key", at("platform.key"), "--out", at("head.txt"));
  for (const form of ["html", "json"] as const)
    writeFileSync(
      at(`bill.${form}`),
      await called("bill", at("ledger"), "home-01", "--month", "2026-04", `--${form}`),
    );
  return {
    folder,
    directory: filesBelow(folder, "ledger"),
    file: (name) =>
      name === "key.txt"
        ? { path: name, bytes: Buffer.from(key) }
        : { path: name, bytes: readFileSync(at(name)) },
    trading: 5,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
