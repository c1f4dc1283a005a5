// A server that says anything and sends without end: how much of it whoever asks takes in.

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import type { GridclearError } from "../../../src/errors.js";
import { blockBytes, decodeBlock } from "../../../src/ledger/format/block.js";
import { headerBytes } from "../../../src/ledger/format/header.js";
import { httpAsk } from "../../../src/ledger/service/http.js";
import { makeLedger } from "../../support/community.js";

const ledger = await makeLedger(2);
const block = ledger.blocks[2]!;

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server === null ? done(null) : server.close(done)));
  server = null;
});

/** Serves with `answer`; returns the address and what the server has written by now. */
async function serve(
  answer: (path: string, response: ServerResponse) => void,
): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(request.url!);
    answer(request.url!, response);
  });
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Writes `first`, then zeros until the other side has gone; counts them. */
function endless(response: ServerResponse, first: Uint8Array, sent: { bytes: number }): void {
  const zeros = Buffer.alloc(1 << 16);
  response.on("error", () => {});
  response.write(first);
  sent.bytes += first.length;
  const more = (): void => {
    if (response.destroyed) return;
    sent.bytes += zeros.length;
    if (response.write(zeros)) setImmediate(more);
    else response.once("drain", more);
  };
  more();
}

/** What sockets and streams may hold beyond what was read. */
const slack = 24 * (1 << 20);

/** The header of a block, with one length or count overwritten. */
function headerSaying(at: number, value: number, second: number): Uint8Array {
  const header = Buffer.from(block.subarray(0, headerBytes));
  header.writeUInt32LE(value, at);
  header.writeUInt32LE(second, at + 4);
  return header;
}

describe("answers", () => {
  test("are bytes; 404 is null, other states are no answer", async () => {
    const { url } = await serve((path, response) => {
      if (path === "/a/block/2") response.end(block);
      else if (path === "/a/checkpoint") response.end("note");
      else response.writeHead(path === "/a/busy" ? 503 : 404).end("x".repeat(100_000));
    });
    const ask = httpAsk(`${url}/a`);
    expect(await ask("block/2")).toEqual(block);
    expect(new TextDecoder().decode((await ask("checkpoint"))!)).toBe("note");
    expect(await ask("block/3")).toBeNull();
    await expect(ask("busy")).rejects.toMatchObject({ code: "storage" });
  });

  test("of any length are refused while they come, and the rest is not read", async () => {
    const sent = { bytes: 0 };
    const { url } = await serve((_, response) => endless(response, Buffer.alloc(0), sent));
    await expect(httpAsk(url)("checkpoint")).rejects.toMatchObject({ code: "limit" });
    await new Promise((done) => setTimeout(done, 50));
    const after = sent.bytes;
    expect(after).toBeLessThan(slack);
    await new Promise((done) => setTimeout(done, 50));
    expect(sent.bytes).toBe(after);
    await expect(httpAsk(url, { answerBytes: 10 })("checkpoint")).rejects.toThrow("at most 10 bytes");
  });

  test("as long as the limit are taken, and one byte more is not", async () => {
    const { url } = await serve((path, response) => response.end(Buffer.alloc(path === "/a" ? 100 : 101)));
    const ask = httpAsk(url, { answerBytes: 100 });
    expect((await ask("a"))!.length).toBe(100);
    await expect(ask("b")).rejects.toMatchObject({ code: "limit" });
  });
});

describe("blocks", () => {
  const length = blockBytes(decodeBlock(block).header);

  test("end where their header says: what goes on is refused at once", async () => {
    const sent = { bytes: 0 };
    const { url } = await serve((_, response) => endless(response, block, sent));
    await expect(httpAsk(url)("block/2")).rejects.toThrow(`at most ${length} bytes`);
    expect(sent.bytes).toBeLessThan(length + slack);
  });

  test("without a header are refused after as many bytes as a header has", async () => {
    const sent = { bytes: 0 };
    const { url } = await serve((_, response) => endless(response, Buffer.alloc(0), sent));
    await expect(httpAsk(url)("block/2")).rejects.toThrow("header.magic");
    expect(sent.bytes).toBeLessThan(slack);
  });

  test("whose header promises more than is taken are refused before it comes", async () => {
    const sent = { bytes: 0 };
    // The section of orders: 2^26 records of 16 bytes can't be, so evidence, the longest there is.
    const header = headerSaying(128 + 2 * 40, 1, 0x3fff_ffff);
    const { url } = await serve((_, response) => endless(response, header, sent));
    const error = await httpAsk(url)("block/2").catch((reason: unknown) => reason as GridclearError);
    expect(error).toMatchObject({ code: "limit" });
    expect((error as GridclearError).message).toContain("at most 67108864 bytes");
    expect(sent.bytes).toBeLessThan(slack);
  });

  test("of the length that is allowed are taken, and of one byte more are not", async () => {
    const { url } = await serve((_, response) => response.end(block));
    expect(await httpAsk(url, { blockBytes: length })("block/2")).toEqual(block);
    await expect(httpAsk(url, { blockBytes: length - 1 })("block/2")).rejects.toMatchObject({
      code: "limit",
    });
  });
});

test("a server that goes silent is given up", async () => {
  const { url } = await serve((_, response) => {
    response.write("so far");
  });
  await expect(httpAsk(url, { timeoutMs: 100 })("checkpoint")).rejects.toMatchObject({ code: "storage" });
});

test("a server that goes silent is given up also where memory is collected meanwhile", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { url } = await serve((_, response) => {
    response.write("so far");
  });
  const collecting = setInterval(collect, 3);
  const given = await Promise.race([
    httpAsk(url, { timeoutMs: 100 })("checkpoint").catch((error: GridclearError) => error.code),
    new Promise((resolve) => setTimeout(resolve, 5_000, "waits for ever")),
  ]);
  clearInterval(collecting);
  expect(given).toBe("storage");
});

test("no path leads to another server, or out of the folder", async () => {
  const { url, asked } = await serve((_, response) => response.end("x"));
  const ask = httpAsk(`${url}/ledger`);
  for (const path of ["//example.org/block/0", "http://example.org/", "../secret", "/secret", "file:///etc"])
    await expect(ask(path)).rejects.toMatchObject({ code: "invalid", field: "path" });
  expect(asked).toEqual([]);
});
