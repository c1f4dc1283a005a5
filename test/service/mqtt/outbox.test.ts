// What waits for a broker: the newest value of each topic, and no more replies than there is room for.
import { describe, expect, test } from "vitest";
import { type BrokerLine, Outbox } from "../../../src/service/mqtt/outbox.js";

const turn = () => new Promise<void>((go) => setImmediate(go));

/** A line that takes messages when it is told to. */
function lineOf(): {
  line: BrokerLine;
  sent: [string, string][];
  take: () => Promise<void>;
  fail: () => void;
} {
  const sent: [string, string][] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    sent,
    line: {
      publish: (topic, payload) =>
        new Promise((resolve, reject) => {
          sent.push([topic, payload]);
          waiting.push({ resolve, reject });
        }),
    },
    take: async () => {
      waiting.shift()?.resolve();
      await turn();
    },
    fail: () => waiting.shift()?.reject(new Error("broken")),
  };
}

describe("an outbox", () => {
  test("sends a slow broker the newest value of a topic alone", async () => {
    const outbox = new Outbox();
    const { line, sent, take } = lineOf();
    outbox.opened(line);
    outbox.put("a", "1");
    await turn();
    for (let value = 2; value < 1_000; value += 1) outbox.put("a", `${value}`);
    outbox.put("b", "x");
    expect(outbox.waiting).toBe(2);
    await take();
    await take();
    await take();
    expect(sent).toEqual([
      ["a", "1"],
      ["a", "999"],
      ["b", "x"],
    ]);
    outbox.put("a", "999");
    await turn();
    expect(sent.length).toBe(3);
  });

  test("sends all that is retained again on the next line", async () => {
    const outbox = new Outbox();
    const first = lineOf();
    outbox.put("a", "1");
    outbox.put("b", "1");
    outbox.opened(first.line);
    await first.take();
    first.fail();
    outbox.broken();
    await turn();
    outbox.put("a", "2");
    const second = lineOf();
    outbox.opened(second.line);
    for (let at = 0; at < 3; at += 1) await second.take();
    expect(second.sent.sort()).toEqual([
      ["a", "2"],
      ["b", "1"],
    ]);
  });

  test("keeps so many replies, the newest, and has so many under way to a broker that says nothing", async () => {
    const outbox = new Outbox();
    for (let at = 0; at < 10_100; at += 1) outbox.reply("r", `${at}`);
    expect(outbox.waiting).toBe(10_000);
    const { line, sent, take } = lineOf();
    outbox.opened(line);
    await turn();
    expect(sent.length).toBe(64);
    expect(sent[0]).toEqual(["r", "100"]);
    await take();
    expect(sent.length).toBe(65);
  });
});
