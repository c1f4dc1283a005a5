// What a worker asks of the servers: documents as their monitoring port gives them.
import { expect, test } from "vitest";
import { checkServers, checkVersion } from "../../src/fleet/servers.js";

const varz = (name: string, more: object = {}, peers: readonly string[] = []) => ({
  server_name: name,
  version: "2.12.3",
  jetstream: {
    config: { sync_always: true, sync_interval: 120_000_000_000 },
    meta: { leader: "n1", replicas: peers.map((peer) => ({ name: peer })) },
  },
  ...more,
});
const checked = (...documents: unknown[]) =>
  checkServers(new Map(documents.map((document, index) => [`http://h${index}/`, document])));

test("servers that flush every write, all of them known, are good", () => {
  expect(() => checked(varz("n1"))).not.toThrow();
  expect(() => checked(varz("n1", {}, ["n2"]), varz("n2", {}, ["n1"]))).not.toThrow();
});

test("a server that acknowledges what is not on its disk is refused by name", () => {
  const lazy = varz("n2", { jetstream: { config: { sync_interval: 120_000_000_000 } } });
  expect(() => checked(varz("n1"), lazy)).toThrow(/n2: sync_interval: wanted always/);
});

test("an old server, one without streams, and one whose monitoring address is missing are refused", () => {
  expect(() => checked(varz("n1", { version: "2.12.2" }))).toThrow(/n1: version: wanted 2.12.3 or newer/);
  expect(() => checked(varz("n1", { jetstream: {} }))).toThrow(/keeps streams/);
  expect(() => checked("text")).toThrow(/keeps streams/);
  expect(() => checked(varz("n1", {}, ["n2", "n3"]), varz("n2"))).toThrow(/the address of n3 too/);
  expect(() => checked()).toThrow(/every server/);
});

test("versions are compared by their numbers", () => {
  for (const good of ["2.12.3", "2.13.0", "2.15.1", "3.0.0", "2.12.10"])
    expect(() => checkVersion(good, "n")).not.toThrow();
  for (const old of ["2.9.10", "2.12.2", "1.99.99", "unknown"])
    expect(() => checkVersion(old, "n")).toThrow();
});
