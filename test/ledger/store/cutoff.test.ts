import { beforeAll, describe, expect, it } from "vitest";
import { type Checksum, encodeRecordHead, openChecksum } from "../../../src/ledger/format/ledgerfile.js";
import { isCutOff } from "../../../src/ledger/store/cutoff.js";

let checksum: Checksum;
beforeAll(async () => {
  checksum = await openChecksum();
});
const record = (length: number): Uint8Array => {
  const block = Uint8Array.from({ length }, (_, at) => 1 + (at % 250));
  return Uint8Array.from([...encodeRecordHead(block, checksum), ...block]);
};

describe("a record at the end of a file", () => {
  it("was cut off where the sector with which it begins did not arrive, wherever in the record that ends", () => {
    for (let at = 4096; at < 4096 + 512; at += 1) {
      const bytes = record(600);
      bytes.fill(0, 0, 512 - (at % 512));
      expect(isCutOff(bytes, at, checksum), `at ${at}`).toBe(true);
    }
  });

  it("has rotted where all is there and a bit of its length is another", () => {
    for (let at = 4096; at < 4096 + 512; at += 1) {
      const bytes = record(600);
      bytes[at % 2]! ^= 8;
      expect(isCutOff(bytes, at, checksum), `at ${at}`).toBe(false);
    }
  });
});
