import { createContext, runInContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { copyOf, fromBase64, fromUtf8, isBytes, toBase64, toUtf8, viewOf } from "../src/bytes.js";

describe("bytes", () => {
  test("are known by what they are, whatever realm made them", () => {
    const foreign: unknown = runInContext("new Uint8Array([1, 2])", createContext());
    expect(foreign instanceof Uint8Array).toBe(false);
    for (const bytes of [new Uint8Array(2), Buffer.alloc(2), foreign]) expect(isBytes(bytes)).toBe(true);
    for (const other of [
      null,
      [1],
      "ab",
      new Uint16Array(2),
      new ArrayBuffer(2),
      new DataView(new ArrayBuffer(2)),
    ])
      expect(isBytes(other)).toBe(false);
    expect(isBytes({ [Symbol.toStringTag]: "Uint8Array", length: 2 })).toBe(false);
  });

  test("a copy of a Buffer is no view of it", () => {
    const buffer = Buffer.from([1, 2, 3, 4]);
    const copy = copyOf(buffer, 1, 3);
    buffer.fill(9);
    expect([...copy]).toEqual([2, 3]);
    expect(Buffer.isBuffer(copy)).toBe(false);
    copy[0] = 7;
    expect([...buffer]).toEqual([9, 9, 9, 9]);
  });

  test("a view reads what stands there", () => {
    const whole = Uint8Array.of(0, 0, 1, 0, 0, 0);
    expect(viewOf(whole.subarray(2)).getUint32(0, true)).toBe(1);
  });

  test("text and base64 come back, or are refused", () => {
    expect(fromUtf8(toUtf8("\ufeffkWh €"))).toBe("\ufeffkWh €");
    expect(fromUtf8(Uint8Array.of(0xff))).toBe(null);
    expect(fromBase64(toBase64(Uint8Array.of(0, 255, 16)))).toEqual(Uint8Array.of(0, 255, 16));
    for (const text of ["AP8", "AP8Q\n", "AP8R=", "!"]) expect(fromBase64(text)).toBe(null);
  });
});
