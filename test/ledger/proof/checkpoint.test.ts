// Checkpoints: the C2SP forms, what is refused of them, and when a head is final.
import { expect, test } from "vitest";
import { openSignatures } from "../../../src/ledger/keys/signature.js";
import {
  cosign,
  cosignatures,
  formatKey,
  isFinal,
  isSignedBy,
  keyIdOf,
  ledgerKeyKind,
  maxNoteSignatures,
  parseCheckpoint,
  parseKey,
  signCheckpoint,
  unsignedCheckpoint,
  witnessKeyKind,
} from "../../../src/ledger/proof/checkpoint.js";
import { plainHasher as hasher } from "../../../src/ledger/tree/plain.js";

const signatures = await openSignatures();
const key = (number: number) => signatures.importSeed(new Uint8Array(32).fill(number));
const log = await key(1);
const checkpoint = { origin: "example.org/log", size: 42, root: new Uint8Array(32).fill(9) };
const decode = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

test("the note that the documentation of Go's sumdb/note prints: key, key id and signature", async () => {
  const neumann = parseKey(
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ledgerKeyKind,
    hasher,
  );
  expect(neumann.name).toBe("PeterNeumann");
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const signed = decode(
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
  );
  expect(Buffer.from(signed.subarray(0, 4)).toString("hex")).toBe("c74f20a3");
  expect(await signatures.verify(neumann.publicKey, new TextEncoder().encode(text), signed.subarray(4))).toBe(
    true,
  );
});

test("a signed head is three lines, an empty one, and a line a signature", async () => {
  const note = await signCheckpoint(checkpoint, log, hasher);
  const lines = note.split("\n");
  expect(lines.slice(0, 4)).toEqual([
    "example.org/log",
    "42",
    Buffer.from(checkpoint.root).toString("base64"),
    "",
  ]);
  const line = decode(lines[4]!.split(" ")[2]!);
  expect(lines[4]!.startsWith("— example.org/log ")).toBe(true);
  expect(line.length).toBe(68);
  const body = new TextEncoder().encode(`${lines.slice(0, 3).join("\n")}\n`);
  expect(await signatures.verify(log.publicKey, body, line.subarray(4))).toBe(true);
  expect(parseCheckpoint(note).checkpoint).toEqual(checkpoint);
});

test("a cosignature is over cosignature/v1, the time and the note's text; the time stands before it, big-endian", async () => {
  const witness = await key(2);
  const note = await cosign(
    await signCheckpoint(checkpoint, log, hasher),
    { name: "w1", key: witness, time: 1_679_315_147 },
    hasher,
  );
  const line = decode(note.split("\n")[5]!.split(" ")[2]!);
  expect(line.length).toBe(76);
  expect(Buffer.from(line).readBigUInt64BE(4)).toBe(1_679_315_147n);
  const text = `cosignature/v1\ntime 1679315147\n${note.split("\n").slice(0, 3).join("\n")}\n`;
  expect(await signatures.verify(witness.publicKey, new TextEncoder().encode(text), line.subarray(12))).toBe(
    true,
  );
  const id = keyIdOf({ name: "w1", publicKey: witness.publicKey }, witnessKeyKind, hasher);
  expect(Buffer.from(line.subarray(0, 4)).toString("hex")).toBe(id);
  // A ledger's key and a witness's with the same bytes have different ids: one can't stand for the other.
  expect(keyIdOf({ name: "w1", publicKey: witness.publicKey }, ledgerKeyKind, hasher)).not.toBe(id);
  const later = await cosign(note, { name: "w1", key: witness, time: 1_679_315_200 }, hasher);
  expect(parseCheckpoint(later).signatures.length).toBe(2);
  const named = [{ name: "w1", publicKey: witness.publicKey }];
  expect(await cosignatures(parseCheckpoint(later), named, signatures, hasher)).toEqual([
    { name: "w1", time: 1_679_315_200 },
  ]);
});

test("k of n: witnesses count once, however many names, lines or keys there are", async () => {
  const keys = await Promise.all([2, 3, 4].map(key));
  const witnesses = keys.map(({ publicKey }, index) => ({ name: `w${index}`, publicKey }));
  let note = await signCheckpoint(checkpoint, log, hasher);
  const final = (threshold: number, named = witnesses) =>
    isFinal(parseCheckpoint(note), { threshold, witnesses: named }, signatures, hasher);
  expect(await final(1)).toBe(false);
  note = await cosign(note, { name: "w0", key: keys[0]!, time: 1000 }, hasher);
  expect([await final(1), await final(2)]).toEqual([true, false]);
  note = await cosign(note, { name: "w2", key: keys[2]!, time: 1001 }, hasher);
  expect([await final(2), await final(3)]).toEqual([true, false]);
  // The same key under a second name is no second witness.
  note = await cosign(note, { name: "alias", key: keys[0]!, time: 1002 }, hasher);
  const aliased = [witnesses[0]!, { name: "alias", publicKey: keys[0]!.publicKey }];
  expect(await final(2, aliased)).toBe(false);
  await expect(final(0)).rejects.toMatchObject({ code: "invalid" });
  await expect(final(4)).rejects.toMatchObject({ code: "invalid" });
});

test("keys as lines: there and back, and what is not one", async () => {
  const named = { name: "city-of-x", publicKey: log.publicKey };
  const line = formatKey(named, witnessKeyKind, hasher);
  expect(parseKey(line, witnessKeyKind, hasher)).toEqual(named);
  expect(() => parseKey(line, ledgerKeyKind, hasher)).toThrow("ledger key");
  for (const bad of [
    "",
    "a+b+c",
    line.replace(/\+[0-9a-f]{8}\+/, "+00000000+"),
    `${line} `,
    line.slice(0, -1),
    "x".repeat(10_000),
  ])
    expect(() => parseKey(bad, witnessKeyKind, hasher)).toThrow("key");
  expect(() => formatKey({ name: "a b", publicKey: log.publicKey }, ledgerKeyKind, hasher)).toThrow("name");
  expect(() => formatKey({ name: "a+b", publicKey: log.publicKey }, ledgerKeyKind, hasher)).toThrow("name");
});

test("text that is no checkpoint is refused, whatever it is", async () => {
  const note = await signCheckpoint(checkpoint, log, hasher);
  const [origin, size, root, empty, line] = note.split("\n") as [string, string, string, string, string];
  const join = (...lines: string[]) => `${lines.join("\n")}\n`;
  const bad: unknown[] = [
    null,
    17,
    "",
    "\n\n",
    note.slice(0, -1),
    `${note}\n`,
    `\n${note}`,
    note.replaceAll("\n", "\r\n"),
    join(origin, "042", root, empty, line),
    join(origin, "0", root, empty, line),
    join(origin, "-1", root, empty, line),
    join(origin, "9007199254740992", root, empty, line),
    join(origin, "1e3", root, empty, line),
    join(origin, size, root.slice(0, -4), empty, line),
    join(origin, size, root.replace("=", ""), empty, line),
    join(origin, size, root.replace(/.=$/, "l="), empty, line), // unused bits of base64 set
    join(origin, size, root, "extension", empty, line),
    join("", size, root, empty, line),
    join("a b", size, root, empty, line),
    join(origin, size, root, empty, line, line),
    join(origin, size, root, empty, line.replace("— ", "- ")),
    join(origin, size, root, empty, `${line} x`),
    join(
      origin,
      size,
      root,
      empty,
      ...Array.from({ length: 65 }, (_, i) => line.replace("example.org/log", `k${i}`)),
    ),
    `${origin}\n${size}\n${root}\n\n${"x".repeat(70_000)}`,
  ];
  for (const text of bad) expect(() => parseCheckpoint(text)).toThrow("checkpoint");
  expect(parseCheckpoint(unsignedCheckpoint(checkpoint)).signatures).toEqual([]);
});

test("a signature counts only under the origin's name, with the right key, over this text", async () => {
  const other = await key(5);
  const signed = parseCheckpoint(await signCheckpoint(checkpoint, log, hasher));
  expect(await isSignedBy(signed, log.publicKey, signatures, hasher)).toBe(true);
  expect(await isSignedBy(signed, other.publicKey, signatures, hasher)).toBe(false);
  const foreign = parseCheckpoint(
    await signCheckpoint({ ...checkpoint, origin: "example.org/other" }, log, hasher),
  );
  const grafted = parseCheckpoint(`${signed.body}\n${foreign.note.split("\n\n")[1]}`);
  expect(await isSignedBy(grafted, log.publicKey, signatures, hasher)).toBe(false);
});

test("a note full of signatures is not cosigned: with one more, nobody could read it", async () => {
  let note = await signCheckpoint(checkpoint, log, hasher);
  for (let number = 1; number < maxNoteSignatures; number += 1)
    note = await cosign(note, { name: `w${number}`, key: await key(number), time: 1 }, hasher);
  expect(parseCheckpoint(note).signatures).toHaveLength(maxNoteSignatures);
  await expect(cosign(note, { name: "late", key: await key(200), time: 1 }, hasher)).rejects.toMatchObject({
    code: "limit",
  });
  // A witness whose line is there already renews it.
  const renewed = await cosign(note, { name: "w1", key: await key(1), time: 2 }, hasher);
  expect(parseCheckpoint(renewed).signatures).toHaveLength(maxNoteSignatures);
});
