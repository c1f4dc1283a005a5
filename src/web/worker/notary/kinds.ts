/** What a file is: found from what stands in it, never from its name. */
import { fromBase64, fromUtf8 } from "../../../bytes.js";
import type { Kind } from "./shown.js";

/** A file that was handed over. */
export interface Handed {
  /** With its folders, where a folder was handed over: `ledger/meta/checkpoint`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** How a file of a kind is written. */
export interface Recognised extends Handed {
  readonly kind: Kind;
  readonly form: "binary" | "json" | "base64" | "text";
  /** The text, where it is text; "" otherwise. */
  readonly text: string;
}

const kindOfFormat: Readonly<Record<string, Kind>> = {
  "gridclear ledger": "ledger",
  "gridclear bundle v2": "bundle",
  "gridclear proof v2": "proof",
  "gridclear consistency v2": "consistency",
  "gridclear contradiction v2": "contradiction",
  "gridclear receipt v2": "receipts",
};

/** Bytes before a value that a store keeps beside its blocks. */
const keptChecksumBytes = 8;
/** What `gridclear keys show` prints of a key. */
const shownKey = /^public key\s+([0-9a-f]{64})$/m;
const letters = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 4));
const isNote = (text: string): boolean => /^gridclear\/[0-9a-f]{64}\n[0-9]+\n/.test(text);

function kindOfText(text: string): readonly [Kind, Recognised["form"]] {
  const trimmed = text.trim();
  if (isNote(text)) return ["head", "text"];
  if (/^[0-9a-f]{64}$/.test(trimmed) || /^[!-*,-~]{1,128}\+[0-9a-f]{8}\+[0-9A-Za-z+/=]{44}$/.test(trimmed))
    return ["key", "text"];
  if (/^<!doctype html>/i.test(trimmed) && trimmed.includes('<script type="application/json" id="data">'))
    return ["bill", "text"];
  const format = /"format":"(gridclear [a-z0-9 ]{1,20})"/.exec(text.slice(0, 1 << 20))?.[1];
  if (trimmed.startsWith("{") && format !== undefined) return [kindOfFormat[format] ?? "unknown", "json"];
  if (/^\{"participant":.*"lines":\[/.test(trimmed)) return ["billData", "json"];
  if (/^\{"height":\d+,"hash":"/.test(trimmed)) return ["block", "json"];
  if (trimmed.startsWith("R0NMQ") && fromBase64(trimmed.replaceAll(/\s+/g, "")) !== null)
    return ["block", "base64"];
  return ["unknown", "text"];
}

/** Finds out what a file is. */
export function recognise({ path, bytes }: Handed): Recognised {
  const binary = ({ GCLF: "ledger", GCLS: "snapshot", GCLB: "block" } as const)[letters(bytes)];
  if (binary !== undefined) return { path, bytes, kind: binary, form: "binary", text: "" };
  const text = fromUtf8(bytes)?.replace(/^\uFEFF/, "") ?? null;
  const key = text === null || text.length > 1024 ? null : shownKey.exec(text);
  if (key !== null) return { path, bytes, kind: "key", form: "text", text: key[1]! };
  if (text !== null) {
    const [kind, form] = kindOfText(text);
    if (kind !== "unknown") return { path, bytes, kind, form, text };
  }
  // What a directory keeps beside its blocks stands behind a checksum.
  const kept = fromUtf8(bytes.subarray(keptChecksumBytes));
  if (kept !== null && isNote(kept)) return { path, bytes, kind: "head", form: "text", text: kept };
  return { path, bytes, kind: "unknown", form: "text", text: text ?? "" };
}
