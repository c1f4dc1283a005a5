// Signatures without other threads: those of the platform are answered in an order that no seed decides, and later.
// Node's own functions make and check the same signatures at once.
import { type KeyObject, KeyObject as Keys, sign, verify } from "node:crypto";

const objects = new WeakMap<CryptoKey, KeyObject>();
function objectOf(key: CryptoKey): KeyObject {
  const object = objects.get(key) ?? Keys.from(key);
  objects.set(key, object);
  return object;
}
const bytesOf = (data: BufferSource): Uint8Array =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);

/** Has all signatures of this program made and checked at once. */
export function signAtOnce(): void {
  crypto.subtle.sign = async (_, key, data) =>
    new Uint8Array(sign(null, bytesOf(data), objectOf(key))).buffer;
  crypto.subtle.verify = async (_, key, signature, data) =>
    verify(null, bytesOf(data), objectOf(key), bytesOf(signature));
}
