import type { ClassicLevel } from "classic-level";
import { fail } from "../../errors.js";
import type { HeadFile } from "./head.js";
import type { Medium } from "./medium.js";

/** The database under a ledger: text keys, byte values. */
export type Database = ClassicLevel<string, Uint8Array>;

const blockPrefix = "block/";
const metaPrefix = "meta/";
const keyOf = (height: number): string => blockPrefix + height.toString(16).padStart(14, "0");

/** A medium on an open LevelDB and its `HEAD` file. LevelDB's log keeps a batch whole; `sync` flushes it. */
export function levelMedium(database: Database, head: HeadFile): Medium {
  const get = async (key: string, field: string): Promise<Uint8Array | null> => {
    let value: Uint8Array | undefined;
    try {
      value = await database.get(key);
    } catch (error) {
      if ((error as { code?: unknown }).code === "LEVEL_CORRUPTION")
        fail("corrupt", field, "bytes that the database can read", (error as Error).message);
      throw error;
    }
    // A plain Uint8Array: the database hands out Buffers, whose slice() copies nothing.
    return value === undefined ? null : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  };
  return {
    async extent() {
      const [last] = await database.keys({ gte: blockPrefix, lt: "block0", reverse: true, limit: 1 }).all();
      if (last === undefined) return 0;
      const height = Number.parseInt(last.slice(blockPrefix.length), 16);
      return keyOf(height) === last ? height + 1 : fail("corrupt", "database", "block keys", last);
    },
    read: (height) => get(keyOf(height), `block ${height}`),
    write: (height, bytes) => database.put(keyOf(height), bytes, { sync: true }),
    drop: (height) => database.del(keyOf(height), { sync: true }),
    readMark: () => head.read(),
    writeMark: (mark) => head.write(mark),
    readMeta: (key) => get(metaPrefix + key, `meta ${key}`),
    writeMeta: (key, value) => database.put(metaPrefix + key, value, { sync: true }),
    async close() {
      await head.close();
      await database.close();
    },
  };
}
