// A fleet is begun on servers that do not answer every time, as they do not while they elect a leader.
import { connect } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import { beginFleet } from "../../src/fleet/line.js";
import { engine } from "../support/fleet.js";
import { startNats } from "../support/natsserver.mjs";

test("a stream whose making nobody answered is made, and who never answer are named", async () => {
  const cluster = await startNats(1);
  const nc = await connect({ servers: [...cluster.urls] });
  const asked = new Map<string, number>();
  /** The same connection, on which the first answers about each subject are lost. */
  const losing = (losses: number) =>
    new Proxy(nc, {
      get: (target, name) => {
        if (name !== "request") return Reflect.get(target, name, target);
        return async (...request: Parameters<typeof nc.request>) => {
          const answer = await nc.request(...request);
          const times = (asked.get(request[0]) ?? 0) + 1;
          asked.set(request[0], times);
          if (/STREAM\.(CREATE|INFO)/.test(request[0]) && times <= losses) throw new Error("timeout");
          return answer;
        };
      },
    });
  const settings = { prefix: "begun", shards: 2, replicas: 1 };
  const line = await beginFleet(losing(2), settings, engine);
  expect(line.settings).toEqual({ shards: 2, replicas: 1 });
  expect(asked.get("$JS.API.STREAM.CREATE.begun-intake-01")).toBe(3);
  await expect(beginFleet(losing(1e9), settings, engine)).rejects.toMatchObject({
    code: "storage",
    field: "nats",
  });
  await nc.close();
  await cluster.close();
});
