/** What a market file says of the broker: where it is, under which topics, and whether members' own rows go there. */
import { boolean, optional, record, text } from "../../check.js";

/** The key `mqtt` of a market file; paths are as they stand in it. */
export interface MqttSettings {
  /** `mqtt://HOST[:PORT]`, or `mqtts://…` for TLS. */
  readonly url: string;
  /** What all topics begin with. */
  readonly prefix: string;
  readonly username: string | null;
  /** File of the password: its first line. */
  readonly passwordFile: string | null;
  /** File of certificates to trust in the place of those that Node knows. */
  readonly caFile: string | null;
  /**
   * Whether what is one member's own goes to the broker: receipts, trades, limits. null: in an open market, where it is
   * everybody's anyway, and not in a private one, because whoever may subscribe there would read it.
   */
  readonly memberTopics: boolean | null;
}

const path = text(/^[^\0]{1,4096}$/, 4096, "a path");
const fields = record({
  url: text(/^mqtts?:\/\/(?:\[[0-9a-fA-F:.]+\]|[^\s/:@?#]+)(?::\d{1,5})?\/?$/, 300, "mqtt://HOST:PORT"),
  prefix: optional(text(/^[^+#\0$/\s][^+#\0]{0,98}(?<!\/)$/, 100, "levels of a topic, without wildcards")),
  username: optional(text(/^[^\0]{1,256}$/, 256, "a name")),
  passwordFile: optional(path),
  caFile: optional(path),
  memberTopics: optional(boolean),
});

/** Checks the key `mqtt`. Throws `invalid` naming the field. */
export function checkMqtt(value: unknown, field: string): MqttSettings {
  const { url, prefix, username, passwordFile, caFile, memberTopics } = fields(value, field);
  return {
    url,
    prefix: prefix ?? "gridclear",
    username: username ?? null,
    passwordFile: passwordFile ?? null,
    caFile: caFile ?? null,
    memberTopics: memberTopics ?? null,
  };
}
