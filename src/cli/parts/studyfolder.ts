/**
 * The directory of a study: the row of each finished run, so that a study which was interrupted goes on, and its
 * results. A row says by a digest what it was made of, so that one of other settings, other files or another version is
 * never taken for what is wanted now.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, mkdir, open, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { asStorage, fail } from "../../errors.js";
import type { Scenario } from "../../simulation/scenario.js";
import type { Values } from "../../study/measures.js";
import { isBundled } from "./scenario.js";

/** What a row of a run says beside its values, for people; its key says whether it is the one that is wanted. */
export interface RowHead {
  readonly scenario: string;
  readonly settings: { readonly [path: string]: string };
  readonly seed: number;
  readonly version: string;
}

interface Row extends RowHead {
  readonly key: string;
  readonly values: Values;
}

const rowsName = "runs.jsonl";
const mostBytes = 1 << 28;

/** The rows of a study on disk. */
export class StudyFolder {
  readonly path: string;
  readonly #rows: Map<string, Values>;

  private constructor(path: string, rows: Map<string, Values>) {
    this.path = path;
    this.#rows = rows;
  }

  /** Opens a directory, which is made when it is not there. Throws `conflict` for one with other files. */
  static async open(path: string): Promise<StudyFolder> {
    try {
      await mkdir(path, { recursive: true });
    } catch (error) {
      throw asStorage(error, path, "a directory for the study");
    }
    const found = await readdir(path);
    if (found.length > 0 && !found.includes(rowsName))
      fail("conflict", "--output", "an empty directory, or that of a study", path);
    const file = join(path, rowsName);
    if (!found.includes(rowsName)) await writeFile(file, "").catch((error) => storageOf(error, file));
    const { size } = await stat(file);
    if (size > mostBytes) fail("limit", file, `at most ${mostBytes} bytes`, size);
    const text = await readFile(file, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    // A last line without an end was being written when the study was stopped.
    if (whole.length < text.length) await cut(file, Buffer.byteLength(whole));
    return new StudyFolder(path, rowsOf(whole, file));
  }

  /** The values of a finished run; undefined when there is none of that key. */
  get(key: string): Values | undefined {
    return this.#rows.get(key);
  }

  /** Keeps the row of a finished run. */
  async add(key: string, head: RowHead, values: Values): Promise<void> {
    this.#rows.set(key, values);
    const file = join(this.path, rowsName);
    const row: Row = { key, ...head, values };
    await appendFile(file, `${JSON.stringify(row)}\n`).catch((error) => storageOf(error, file));
  }

  /** Writes a file of results, in place of one from before. */
  async write(name: string, text: string): Promise<void> {
    const file = join(this.path, name);
    await writeFile(file, text).catch((error) => storageOf(error, file));
  }
}

const storageOf = (error: unknown, file: string): never => {
  throw asStorage(error, file, "a file that can be written");
};

async function cut(file: string, bytes: number): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.truncate(bytes);
  } finally {
    await handle.close();
  }
}

function rowsOf(text: string, file: string): Map<string, Values> {
  const rows = new Map<string, Values>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "") continue;
    let row: Partial<Row> | null = null;
    try {
      row = JSON.parse(line) as Partial<Row> | null;
    } catch {}
    const isRow = typeof row?.key === "string" && isValues(row.values);
    if (!isRow) fail("corrupt", `${file}: line ${index + 1}`, "the row of a run", line);
    rows.set(row!.key!, row!.values!);
  }
  return rows;
}

const isValues = (values: unknown): values is Values =>
  typeof values === "object" &&
  values !== null &&
  Object.values(values).every(
    (value) => value === null || (typeof value === "number" && Number.isFinite(value)),
  );

/** What a key of a row is made of. */
export interface KeyParts {
  /** Version of the package and digest of its code, by {@link versionOf}. */
  readonly version: string;
  /** Digests of the files that the scenario names, and of a strategy's. */
  readonly besides: readonly string[];
  /** The scenario as it would stand in a file, its seed included. */
  readonly file: unknown;
}

/** Names what a run is made of: two runs of one key come to the same. */
export const keyOf = (parts: KeyParts): string =>
  createHash("sha256")
    .update(JSON.stringify([parts.version, parts.besides, parts.file]))
    .digest("hex");

/** Version of the package, with a digest of the code that runs: a checkout changes without another version. */
export async function versionOf(): Promise<string> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const names = (await readdir(root, { recursive: true })).filter((name) => /\.(?:[jt]s|wasm)$/.test(name));
  const hash = createHash("sha256");
  for (const name of names.sort()) hash.update(`${name}\n`).update(await readFile(join(root, name)));
  const text = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return `${version}+${hash.digest("hex").slice(0, 12)}`;
}

/**
 * Digests of the files that a scenario names beside its own, and of the strategy by which everybody bids. Throws
 * `invalid` for one that can't be read.
 */
export async function besidesOf(
  name: string,
  {
    weatherFile,
    profiles,
    strategyFile,
  }: Pick<Scenario, "weatherFile" | "profiles"> & { readonly strategyFile: string | null },
): Promise<string[]> {
  const named = isBundled(name) ? [] : [weatherFile, profiles?.file ?? null];
  const besides = named.filter((file) => file !== null).map((file) => join(dirname(name), file));
  return Promise.all(
    [...besides, ...(strategyFile === null ? [] : [strategyFile])].map(async (path) => {
      const hash = createHash("sha256");
      try {
        for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
      } catch (error) {
        return fail("invalid", path, "a file that can be read", (error as Error).message);
      }
      return hash.digest("hex");
    }),
  );
}
