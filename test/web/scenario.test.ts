// A market as a scenario file, from the page to the command line and back: both seal the same blocks.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openStage, openTab, ready, type Stage, type Tab } from "./browser.js";

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const run = promisify(execFile);
let stage: Stage;
let tab: Tab;
let folder: string;
beforeAll(async () => {
  stage = await openStage();
  folder = await mkdtemp(join(tmpdir(), "gridclear-scenario-"));
}, 180_000);
afterAll(async () => {
  await stage?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  tab = await openTab(stage, { reducedMotion: "reduce", acceptDownloads: true });
});
afterEach(async () => {
  await tab.page.context().close();
  expect(tab.problems).toEqual([]);
});

const button = (name: string) => tab.page.getByRole("button", { name, exact: true });
const bring = (name: string, text: string): Promise<void> =>
  tab.page
    .getByLabel("Scenario file")
    .setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });

/** The scenario file of what the page shows. */
async function saved(): Promise<string> {
  const [download] = await Promise.all([
    tab.page.waitForEvent("download"),
    button("Save the market").click(),
  ]);
  expect(download.suggestedFilename()).toBe("scenario.json");
  return readFile(await download.path(), "utf8");
}

/** The first of the hashes of the blocks of the day, as the ledger's chain shows them, and the whole of the last. */
async function hashes(): Promise<{ starts: string[]; last: string }> {
  await tab.page.locator(ready.ledger!).waitFor();
  const starts = await tab.page
    .locator(".chain [role=option]")
    .evaluateAll((blocks) => blocks.map((block) => /[0-9a-f]{8}(?=…)/.exec(block.textContent!)?.[0] ?? ""));
  await tab.page.locator(".chain [role=option]").last().click();
  const last = tab.page.locator(".facts dd").first();
  await expect.poll(() => last.innerText()).toContain(starts.at(-1)!);
  return { starts, last: await last.innerText() };
}

/** What the command line makes of a scenario: the hash of each block by height. */
async function byCommand(name: string, text: string): Promise<string[]> {
  const [file, ledger] = [join(folder, `${name}.json`), join(folder, name)];
  await writeFile(file, text);
  await run(process.execPath, [command, "scenario", "check", file]);
  await run(process.execPath, [command, "run", file, "--ledger", ledger]);
  const table = ["export", ledger, "--format", "csv", "--table", "blocks"];
  const { stdout } = await run(process.execPath, [command, ...table]);
  const [head, ...rows] = stdout.trim().split(/\r?\n/);
  const place = head!.split(",").indexOf("hash");
  return rows.map((row) => row.split(",")[place]!);
}

describe("a market as a file", () => {
  it("is sealed by the command line into the blocks that the page shows, and by a page that gets the file", async () => {
    // Other rules, prices, fees, people and weather than the usual ones; heat is shown, whose pool has another price.
    await tab.go(
      "#/ledger?minutes=60&members=30&mix=town&seed=11&season=autumn&weather=windy&carrier=heat&poolPrice=120&commission=7&lots=whole&currency=CHF",
    );
    const shown = await hashes();
    const text = await saved();
    const blocks = await byCommand("taken", text);
    expect(blocks).toHaveLength(25);
    expect(blocks.map((hash) => hash.slice(0, 8)).slice(1)).toEqual(shown.starts.slice(1));
    expect(shown.last).toBe(blocks.at(-1));

    // Another page, with other settings, shows the same; the settings that the file says itself are switched off.
    await tab.go("#/ledger?minutes=15");
    await tab.page.locator(ready.ledger!).waitFor();
    await bring("street.json", text);
    await tab.page
      .locator("#told")
      .getByText("street.json is traded: 30 members, periods of 60 minutes.")
      .waitFor();
    await tab.page.locator(".chain [role=option]").nth(24).waitFor();
    expect(await hashes()).toEqual(shown);
    expect(await tab.page.getByLabel("Season").isDisabled()).toBe(true);
    await tab.page.getByText("Showing street.json.").waitFor();
    // It is also what is saved from there.
    expect(await saved()).toBe(text);
    await button("Verify this block here").click();
    await tab.page.getByText("This block is valid").waitFor();

    await button("Back to the settings").click();
    await tab.page.locator(ready.ledger!).waitFor();
    await expect.poll(async () => (await hashes()).last).not.toBe(shown.last);
  });

  it("is walked through period by period, as its block has it", async () => {
    await tab.go("#/day?minutes=60");
    await tab.page.locator(ready.day!).waitFor();
    const drawn = JSON.stringify({
      name: "three-doors",
      periodMs: 3_600_000,
      participants: { home: 3, solar: 1 },
      rules: { electricity: { mechanism: "merit", pricing: "uniform", pool: null } },
    });
    await bring("doors.json", `// a comment\n${drawn}`);
    await tab.page.locator(".lead", { hasText: /^4 participants, 24 periods of 60 minutes/ }).waitFor();
    await button("Walk through this period").click();
    await tab.page.locator(".queue .block").first().waitFor();
    await tab.page.locator(".lead", { hasText: "The cheapest seller meets" }).waitFor();
    expect(await tab.page.locator(".queue .block").count()).toBe(4);
    // Compare goes on with the settings, and the panel says so.
    await tab.page.getByRole("link", { name: "Compare" }).click();
    await tab.page.locator(ready.compare!).waitFor();
    await tab.page
      .getByText("This view shows the settings. doors.json is in Period, Day, My home and Ledger.")
      .waitFor();
  });

  it("is refused where one looks, with all that is wrong with it", async () => {
    await tab.go("#/day?minutes=60");
    await tab.page.locator(ready.day!).waitFor();
    const before = await tab.page.locator(".tiles").innerText();
    const alert = tab.page.locator("#told [role=alert]");
    const refused = async (text: string): Promise<string[]> => {
      await bring("bad.json", text);
      await alert.locator("li").first().waitFor();
      const found = await alert.locator("li").allInnerTexts();
      expect(await alert.innerText()).toContain("The page still shows the community.");
      await button("Put this message away").click();
      return found;
    };
    expect(await refused('{ "name": "x", "participants": { "home": 2 }, "sun": 1,\n "seed": -1 }')).toEqual([
      expect.stringMatching(/sun/),
      expect.stringMatching(/seed/),
    ]);
    expect(await refused('{ "name": ')).toHaveLength(1);
    const large = {
      name: "x",
      participants: { home: 601 },
      currency: "SEK",
      rules: { electricity: { mechanism: "share", communities: [{ name: "house", price: "0.1" }] } },
      profiles: { file: "a.csv", stepMs: 900_000 },
    };
    expect(await refused(JSON.stringify(large))).toEqual([
      expect.stringMatching(/^periodMs: wanted 300000, 900000, 1800000, 3600000 on this page, got 30000/),
      expect.stringMatching(/^participants: wanted at most 600 together on this page, got 601/),
      expect.stringMatching(/^currency: wanted EUR, CHF, GBP, USD on this page, got "SEK"/),
      expect.stringMatching(/^rules.electricity.mechanism: wanted one that takes orders on this page/),
      expect.stringMatching(/^profiles: wanted none on this page/),
    ]);
    expect(await tab.page.locator(".tiles").innerText()).toBe(before);
    // A table of orders that is dropped is still one of orders, and a scenario is none.
    const drop = (name: string, text: string): Promise<void> =>
      tab.page.evaluate(
        ([name, text]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text!], name!));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        },
        [name, text],
      );
    await drop("twelve.json", JSON.stringify({ name: "x", periodMs: 900_000, participants: { home: 12 } }));
    await tab.page.locator("#told").getByText("twelve.json is traded: 12 members").waitFor();
    await drop("orders.csv", "side,id,quantity,price\noffer,a,1,1\nbid,b,1,2\n");
    await tab.page.locator("#told").getByText("orders.csv: 2 orders.").waitFor();
  });
});
