// What goes together goes as each by itself would: behind what it says it belongs behind, or not at all, and everybody
// learns where its own message stands. On a real server.
import { afterEach, expect, test } from "vitest";
import { toUtf8 } from "../../src/bytes.js";
import { isWrongSequence, type Line } from "../../src/fleet/line.js";
import { Outbox } from "../../src/fleet/outbox.js";
import { openFleet, type TestFleet } from "../support/fleet.js";

let fleet: TestFleet | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

const stream = "test-blocks-00";
const subjectOf = (index: number): string => `test.block.00.g${index}`;
const textAt = async ({ jsm }: Line, seq: number): Promise<string> => {
  const message = await jsm.streams.getMessage(stream, { seq });
  return `${message?.subject} ${message?.string()}`;
};

/** Puts a message on each of so many subjects at once, and one more where the stream is not as it says. */
async function putAll(line: Line, count: number, wrong: number) {
  const outbox = new Outbox(line);
  const results = await Promise.allSettled(
    Array.from({ length: count }, (_, index) =>
      outbox.put(subjectOf(index), toUtf8(`of ${index}`), index === wrong ? 7 : 0),
    ),
  );
  for (const [index, result] of results.entries()) {
    if (index === wrong) expect(result.status === "rejected" && isWrongSequence(result.reason)).toBe(true);
    else if (result.status === "rejected") throw result.reason;
    else expect(await textAt(line, result.value)).toBe(`${subjectOf(index)} of ${index}`);
  }
}

test("each message stands where its sender was told, and one out of place keeps no other back", async () => {
  fleet = await openFleet({ shards: 1 });
  let acknowledged = 0;
  const { js } = fleet.line;
  const publish = js.publish.bind(js);
  js.publish = (...args) => {
    acknowledged += 1;
    return publish(...args);
  };
  await putAll(fleet.line, 200, -1);
  // 64 at most go together, and the last eight each by itself.
  expect(acknowledged).toBe(3 + 8);
  fleet.line.js.publish = publish;
  const { state } = await fleet.line.jsm.streams.info(stream);
  expect(state.messages).toBe(200);
  await expect(new Outbox(fleet.line).put(subjectOf(3), toUtf8("again"), 0)).rejects.toThrow(/sequence/);
});

test("what is out of place is refused by itself", async () => {
  fleet = await openFleet({ shards: 1 });
  await putAll(fleet.line, 100, 5);
  expect((await fleet.line.jsm.streams.info(stream)).state.messages).toBe(99);
});

test("a stream that takes no batches, as one that was begun by an older version, takes the same", async () => {
  fleet = await openFleet({ shards: 1 });
  await fleet.line.jsm.streams.update(stream, { allow_atomic: false });
  await putAll(fleet.line, 100, 80);
  expect((await fleet.line.jsm.streams.info(stream)).state.messages).toBe(99);
});

test("two messages on one subject come one behind the other", async () => {
  fleet = await openFleet({ shards: 1 });
  const outbox = new Outbox(fleet.line);
  const [first, other, second] = await Promise.all([
    outbox.put(subjectOf(1), toUtf8("first"), 0),
    outbox.put(subjectOf(2), toUtf8("other"), 0),
    outbox.put(subjectOf(1), toUtf8("second"), 1),
  ]);
  expect([first, other].sort()).toEqual([1, 2]);
  expect(second).toBe(3);
  expect(await textAt(fleet.line, 3)).toBe(`${subjectOf(1)} second`);
});
