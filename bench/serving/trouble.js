// @ts-check
// Those who disturb in bench/serving/run.js, from another address than the members: a flood of requests as fast as they
// are answered, clients that send a byte a second, bodies that never end, and messages that are none.
import { connect } from "node:net";

const from = "127.0.0.2";
const tally = { "requests of the flood": 0, "slow clients": 0, "long bodies": 0, "malformed messages": 0 };
let port = 0;
let ended = false;
const wait = (/** @type {number} */ ms) => new Promise((go) => setTimeout(go, ms));

/** A connection until it is closed; writes when it may. @param {(line: import("node:net").Socket) => void} begin */
const line = (begin) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress: from });
    socket.on("error", () => {});
    socket.on("close", resolve);
    socket.on("connect", () => begin(socket));
  });

/** Sends a request again as soon as the last was answered. */
async function flood() {
  while (!ended) {
    await line((socket) => {
      const send = () => {
        if (ended) return void socket.destroy();
        tally["requests of the flood"] += 1;
        socket.write("GET /v1/market HTTP/1.1\r\nhost: market\r\n\r\n");
      };
      socket.on("data", send);
      send();
    });
    await wait(1);
  }
}

/** Sends the head of a request, a byte a second. */
async function slow() {
  while (!ended) {
    tally["slow clients"] += 1;
    await line((socket) => {
      const text = "POST /v1/orders HTTP/1.1\r\nhost: market\r\ncontent-length: 100\r\n\r\n";
      let at = 0;
      const timer = setInterval(() => {
        if (ended) socket.destroy();
        else socket.write(text[at++ % text.length] ?? "x");
      }, 1_000);
      socket.on("close", () => clearInterval(timer));
    });
    await wait(1_000);
  }
}

/** A body in pieces without an end. */
async function long() {
  const piece = `10000\r\n${"9".repeat(0x10000)}\r\n`;
  while (!ended) {
    tally["long bodies"] += 1;
    await line((socket) => {
      socket.write(
        "POST /v1/orders HTTP/1.1\r\nhost: market\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
      );
      // As fast as a line of some 50 Mbit/s: this process shares the machine with the service.
      const timer = setInterval(() => {
        if (ended) socket.destroy();
        else if (socket.writable && !socket.writableNeedDrain) socket.write(piece);
      }, 10);
      socket.on("close", () => clearInterval(timer));
      socket.on("data", () => socket.destroy());
    });
    await wait(100);
  }
}

/** Bytes that are no HTTP, and bodies that are no order. */
async function malformed() {
  while (!ended) {
    tally["malformed messages"] += 1;
    await line((socket) => {
      const body = Math.random() < 0.5 ? "{".repeat(5_000) : `{"participant":${Math.random()}}`;
      socket.write(
        Math.random() < 0.3
          ? Buffer.from(Array.from({ length: 500 }, () => Math.floor(Math.random() * 256)))
          : `POST /v1/orders HTTP/1.1\r\nhost: market\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      socket.on("data", () => socket.destroy());
      setTimeout(() => socket.destroy(), 2_000).unref();
    });
    await wait(20);
  }
}

process.on("message", async (/** @type {any} */ message) => {
  if (message.kind === "begin") {
    port = message.port;
    for (let at = 0; at < 50; at += 1) void flood();
    for (let at = 0; at < 200; at += 1) void slow();
    for (let at = 0; at < 4; at += 1) void long();
    for (let at = 0; at < 4; at += 1) void malformed();
    await wait(1_000);
    process.send?.({});
  } else {
    ended = true;
    process.send?.({ tally });
  }
});
