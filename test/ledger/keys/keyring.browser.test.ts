// Keys in a page: made, kept, found again, and never out.
import { expect, test } from "vitest";
import { hex } from "../../../src/bytes.js";
import { openKeyring } from "../../../src/ledger/keys/keyring.js";
import { backends } from "./backends.js";

const message = new TextEncoder().encode("a bid");

for (const signatures of backends)
  test(`${signatures.backend}: a key outlives the page, signs, and is not handed out`, async () => {
    const database = `keys-${signatures.backend}-${crypto.randomUUID()}`;
    const ring = await openKeyring(signatures, database);
    expect(await ring.load("ann")).toBeNull();
    const made = await ring.make("ann");
    await expect(ring.make("ann")).rejects.toMatchObject({ code: "conflict" });
    if (signatures.backend === "webcrypto") {
      expect(made.pair!.privateKey.extractable).toBe(false);
      await expect(made.exportSeed()).rejects.toMatchObject({ code: "refused" });
    }
    ring.close();

    const again = await openKeyring(signatures, database);
    const found = (await again.load("ann"))!;
    expect(hex(found.publicKey)).toBe(hex(made.publicKey));
    expect(await signatures.verify(made.publicKey, message, await found.sign(message))).toBe(true);
    await expect(found.exportSeed()).rejects.toMatchObject({ code: "refused" });
    await again.make("ben");
    expect(await again.names()).toEqual(["ann", "ben"]);
    await again.remove("ann");
    expect(await again.load("ann")).toBeNull();
    for (const bad of ["", "a b", "x".repeat(129)])
      await expect(again.load(bad)).rejects.toMatchObject({ code: "invalid" });
    again.close();
    indexedDB.deleteDatabase(database);
  });
