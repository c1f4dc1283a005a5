// @ts-check
// Those who follow the market of bench/serving/run.js by WebSocket. A process of its own: what they take in is much,
// and must not be waited for by the members' clock.
import { WebSocket } from "ws";

let events = 0;
process.on("message", (/** @type {any} */ message) => {
  if (message.kind === "follow")
    for (let at = 0; at < message.followers; at += 1) {
      const address = new URL("/v1/events", message.url.replace("http", "ws"));
      const line = new WebSocket(address, { localAddress: `127.2.${at >> 8}.${at & 255}` });
      line.on("message", () => {
        events += 1;
      });
      line.on("error", () => {});
    }
  process.send?.({ events });
});
