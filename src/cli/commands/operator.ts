/** `gridclear operator`: what the operator of a served market does with it, signed with its key. */
import { fromHex, hex, toUtf8 } from "../../bytes.js";
import { object } from "../../check.js";
import { withDeadline } from "../../deadline.js";
import { cameAs, fail } from "../../errors.js";
import { maxTariffLength, readPrices } from "../../files/tarifffile.js";
import { signRequest } from "../../ledger/keys/authorization.js";
import { plainHasher } from "../../ledger/tree/plain.js";
import { instantText } from "../../tariff/follow.js";
import { type Command, defineCommand } from "../command.js";
import { inFile, readText } from "../parts/document.js";
import { readKeyFile } from "../parts/keyfile.js";
import { reasonOf } from "../parts/problem.js";

/** How long a signed request is good, and an answer is waited for, in milliseconds. */
const goodMs = 60_000;
const answerMs = 10_000;

interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
}

interface Given {
  readonly words: readonly string[];
  /** The open period. */
  readonly period: number;
  readonly replace: boolean;
}

/** What each action asks for. */
const actions: Readonly<Record<string, (given: Given) => Asked | Promise<Asked>>> = {
  members: ({ words }) => ({ method: "GET", path: taking(words, 0, "members") }),
  admit: ({ words }) => ({
    method: "POST",
    path: taking(words, 2, "members"),
    body: { participant: words[0], key: words[1] },
  }),
  remove: ({ words }) => ({
    method: "POST",
    path: taking(words, 1, "removals"),
    body: { participant: words[0] },
  }),
  deposit: ({ words }) => ({ method: "POST", path: taking(words, 3, "deposits"), body: paidIn(words) }),
  prices: pricesAsked,
  close: ({ words, period }) => ({ method: "POST", path: taking(words, 0, "close"), body: { period } }),
};

/** `gridclear operator`: administers a market that is served. */
export const operatorCommand: Command = defineCommand({
  name: "operator",
  summary: "administer a market that is served, with the operator's key",
  forms: [
    "URL members --key FILE",
    "URL admit ID PUBLICKEY --key FILE",
    "URL remove ID --key FILE",
    "URL deposit ID AMOUNT NUMBER --key FILE",
    "URL prices --key FILE",
    "URL prices SERIES PRICES.csv [--replace] --key FILE",
    "URL close --key FILE",
  ],
  about:
    "Signs a request with the key that the market file names as `operator`, and prints the answer, JSON on one line. NUMBER tells deposits of one member apart: each is carried out once, so whoever got no answer gives the same command again. `prices` says which series of prices the market's contracts have and up to when; with a file (`start,rate`) it puts the rates to come behind those of a series. What each does stands in docs/operations.md.",
  arguments: [
    { name: "URL", help: "address of the service" },
    { name: "ACTION", help: "members, admit, remove, deposit, prices or close" },
    { name: "ID|SERIES", help: "id of a member; name of a series", optional: true },
    {
      name: "PUBLICKEY|AMOUNT|PRICES.csv",
      help: "its public key; money in the market's currency; the rates to come",
      optional: true,
    },
    { name: "NUMBER", help: "number of the deposit", optional: true },
  ],
  options: {
    key: { value: "FILE", help: "the operator's key file" },
    replace: { help: "of prices: rates that stand may be replaced, from the next period on" },
  },
  exits: { 0: "granted" },
  async run({ arguments: [url, action, ...words], options }, io) {
    if (!URL.canParse(url!)) fail("invalid", "URL", "an address of http or https", url);
    const act = Object.hasOwn(actions, action!) ? actions[action!] : undefined;
    if (act === undefined)
      return fail("invalid", "ACTION", `one of ${Object.keys(actions).join(", ")}`, action);
    if (options.key === undefined) return fail("invalid", "--key", "the operator's key file", "none");
    const { key } = await readKeyFile(options.key);
    const base = url!.replace(/\/$/, "");
    const market = object(await answered(`${base}/v1/market`, {}), "market");
    if (options.replace && action !== "prices") fail("invalid", "--replace", "none, but of prices", action);
    const { method, path, body } = await act({
      words: words.filter((word) => word !== undefined),
      period: Number(market.period),
      replace: options.replace,
    });
    const text = body === undefined ? "" : JSON.stringify(body);
    const hash = method === "GET" ? "" : ` ${hex(plainHasher.sha256(toUtf8(text)))}`;
    const { pathname } = new URL(`${base}${path}`);
    const authorization = await signRequest(
      {
        marketId: fromHex(market.id, "market.id"),
        untilMs: Date.now() + goodMs,
        request: `${method} ${pathname}${hash}`,
      },
      key,
    );
    const headers = { authorization, "content-type": "application/json" };
    const sent = { method, headers, ...(method === "GET" ? {} : { body: text }) };
    io.out(`${JSON.stringify(await answered(`${base}${path}`, sent))}\n`);
    return 0;
  },
});

function taking(words: readonly string[], count: number, path: string): string {
  if (words.length !== count) fail("invalid", "arguments", `${count} after the action`, words.length);
  return `/v1/operator/${path}`;
}

const paidIn = ([participant, amount, number]: readonly string[]): object => ({
  participant,
  amount,
  number: /^\d{1,15}$/.test(number ?? "")
    ? Number(number)
    : fail("invalid", "NUMBER", "a whole number", number),
});

/** The rates of a file for a series; without one which series there are. */
async function pricesAsked({ words, replace }: Given): Promise<Asked> {
  if (words.length === 0 && !replace) return { method: "GET", path: "/v1/operator/prices" };
  const path = taking(words, 2, "prices");
  const [series, file] = words as [string, string];
  const text = await readText(file, { limit: maxTariffLength, wanted: "a file of prices" });
  const { rates, startsMs } = inFile(file, () => readPrices(text));
  const prices = rates.map((rate, index) => ({ start: instantText(startsMs[index]!), rate }));
  return { method: "POST", path, body: { series, prices, ...(replace ? { replace } : {}) } };
}

/** An answer in JSON. Throws what the service refused it for, `storage` where there was none. */
async function answered(url: string, init: RequestInit): Promise<unknown> {
  let answer: Response;
  let said: unknown;
  try {
    [answer, said] = await withDeadline(answerMs, async (signal) => {
      const come = await fetch(url, { ...init, redirect: "error", signal });
      return [come, await come.json()] as const;
    });
  } catch (error) {
    return fail("storage", url, "an answer of a market that is served", reasonOf(error));
  }
  if (answer.ok) return said;
  const { field, wanted, got } = object(said, "answer");
  return fail("refused", String(field), String(wanted), cameAs(String(got)));
}
