// What the page writes down of a period.
import { expect, it } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import { defaults } from "../../../src/web/settings/settings.js";
import { file } from "../../../src/web/worker/files.js";
import { bring } from "../../../src/web/worker/own/bring.js";
import { period } from "../../../src/web/worker/period.js";
import type { Work } from "../../../src/web/worker/work.js";

const engine = await openEngine();
const work = () =>
  ({ engine, tell: () => undefined, signal: new AbortController().signal }) as unknown as Work<number>;

it("no name of a person's own file becomes a formula in a spreadsheet, and no price becomes a text", async () => {
  const ids = ["=1+1", "+1", "-1", "@sum", "＝1", 'a,"b', "plain"];
  const quoted = (id: string): string => `"${id.replaceAll('"', '""')}"`;
  const rows = ids.flatMap((id) => [`offer,${quoted(id)},1,-2`, `bid,${quoted(id)},1,-1`]);
  const given = new Blob([`side,id,quantity,price\n${rows.join("\n")}\n`]);
  expect(await bring(work(), { number: 1, file: given, encoding: "utf-8" })).toMatchObject({ kind: "taken" });
  const settings = { ...defaults, view: "period", carrier: "electricity", pool: false } as const;
  const own = { number: 1, carriers: ["electricity"], counts: {} } as never;
  await period(work(), { settings, own });
  const text = await (await file(work(), { type: "csv", settings })).text();
  const [head, ...lines] = text.trimEnd().split("\r\n");
  expect(head).toBe("kind,offer,bid,quantity,price");
  expect(lines.length).toBe(ids.length);
  const safe = ["'=1+1", "'+1", "'-1", "'@sum", "'＝1", '"a,""b"', "plain"];
  for (const name of safe) {
    expect(lines.filter((line) => line.startsWith(`peer,${name},`))).toHaveLength(1);
    expect(lines.filter((line) => line.includes(`,${name},1,`))).toHaveLength(1);
  }
  for (const line of lines) expect(line).toMatch(/,1,-[12](?:\.\d+)?$/);
});
