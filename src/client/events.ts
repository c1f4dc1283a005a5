/** Events of a service as they come over the line: server-sent events, read piece by piece within limits. */
import { fail, GridclearError } from "../errors.js";

/** An event as it was sent. */
export interface SentEvent {
  /** Its place, from which to go on; null for what is told in passing. */
  readonly id: string | null;
  readonly event: string;
  readonly data: unknown;
}

const longestEvent = 1 << 20;
/** A service says every quarter of a minute that it is there: a line that is silent for longer is dead. */
const silentMs = 45_000;

/**
 * Reads events off a stream until it ends. Throws `limit` for one that is too long, `corrupt` for one that is none,
 * `storage` for a stream that has fallen silent.
 */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<SentEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let next = await heard(reader.read()); !next.done; next = await heard(reader.read())) {
      text += decoder.decode(next.value, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const event = eventOf(text.slice(0, end));
        text = text.slice(end + 2);
        if (event !== null) yield event;
      }
      if (text.length > longestEvent) fail("limit", "event", `at most ${longestEvent} characters`, "more");
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** What is read, unless nothing comes for too long. */
async function heard<T>(reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => {
      const detail = { field: "events", wanted: "a sign of life", got: "silence" };
      refuse(new GridclearError("storage", detail));
    }, silentMs);
  });
  try {
    return await Promise.race([reading, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function eventOf(lines: string): SentEvent | null {
  const fields = new Map<string, string>();
  for (const line of lines.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart());
  }
  const data = fields.get("data");
  if (data === undefined) return null;
  try {
    return { id: fields.get("id") ?? null, event: fields.get("event") ?? "message", data: JSON.parse(data) };
  } catch {
    return fail("corrupt", "event", "JSON", data.slice(0, 80));
  }
}
