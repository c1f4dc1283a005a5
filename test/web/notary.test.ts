import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { openMarket } from "../../src/market/open.js";
import { ledgerFile } from "../../src/web/worker/notary/samples.js";
import { type Sent, type SentFile, sendLedger } from "../support/handedfiles.js";
import { openStage, openTab, type Stage, type Tab } from "./browser.js";

let stage: Stage;
let sent: Sent;
let tab: Tab;
beforeAll(async () => {
  [stage, sent] = await Promise.all([openStage(), sendLedger()]);
}, 120_000);
afterAll(async () => {
  await stage?.close();
  sent?.remove();
});
beforeEach(async () => {
  tab = await openTab(stage, { reducedMotion: "reduce", acceptDownloads: true });
  await tab.go("#/notary");
  await tab.page.locator("[data-ready]").waitFor();
});
afterEach(async () => {
  await tab.page.context().close();
  expect(tab.problems).toEqual([]);
});

/** The blocks of three neighbours who share at 0.12 EUR, and what the last says: who supplied, kWh and money. */
async function sharing(): Promise<{
  market: Uint8Array[];
  meters: [who: string, kWh: string, euro: string][];
}> {
  const from = { version: 1, from: 0 } as const;
  const ids = ["ann", "bob", "cem"];
  const market = await openMarket({
    ...{ engine: await openEngine(), currency: "EUR", participants: ids, startMs: 0, periodMs: 900_000 },
    metering: { window: 1, corrections: 2, missing: "zero" },
    clearing: { electricity: { mechanism: "share" } },
    contracts: [
      {
        ...{ kind: "community" as const, ...from, community: "court", carrier: "electricity" as const },
        ...{ price: 120_000, key: {} },
      },
      ...ids.map((participant) => ({
        ...{ kind: "member" as const, ...from, community: "court", participant, factor: 1_000_000 },
      })),
    ],
  });
  await market.clearPeriod(900_000);
  const say = (participant: string, drawn: string, injected: string) =>
    market.report({ participant, carrier: "electricity", period: 1, in: drawn, out: injected });
  for (const taken of [say("ann", "3", "0"), say("bob", "0", "2.5"), say("cem", "0", "0.25")])
    expect(taken.status).toBe("accepted");
  await market.clearPeriod(1_800_000);
  const blocks: Uint8Array[] = [];
  for await (const bytes of market.store.blocks()) blocks.push(Uint8Array.from(bytes));
  return {
    market: blocks,
    meters: [
      ["bob", "2.5", "0.3"],
      ["cem", "0.25", "0.03"],
    ],
  };
}

/** Chooses files and waits for as many verdicts. */
async function handOver(files: readonly SentFile[], verdicts = 1): Promise<void> {
  await tab.page
    .getByLabel("Files to check")
    .setInputFiles(
      files.map(({ path, bytes }) => ({ name: path, mimeType: "application/octet-stream", buffer: bytes })),
    );
  await tab.page.waitForFunction((wanted) => document.querySelectorAll(".sent").length === wanted, verdicts);
}
const judged = (place = 0): Promise<string> => tab.page.locator(".sent .judged").nth(place).innerText();
function flipped({ path, bytes }: SentFile, at: number): SentFile {
  const other = Buffer.from(bytes);
  other[at]! ^= 1;
  return { path, bytes: other };
}
const states = (): Promise<string[]> =>
  tab.page
    .locator(".sent .chain [role=option]")
    .evaluateAll((blocks) =>
      blocks.map((block) =>
        block.classList.contains("broken") ? "x" : block.classList.contains("doubtful") ? "d" : ".",
      ),
    );
async function clean(): Promise<void> {
  await tab.page.evaluate(axe.source);
  const found = await tab.page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
    );
  });
  expect(found).toEqual([]);
}

describe("a ledger that was sent", () => {
  it("is checked, its signatures shown, and kept, opened without a network and removed", async () => {
    const { page } = tab;
    await handOver([sent.file("ledger.gclf"), sent.file("head.txt")]);
    expect(await judged()).toMatch(/It holds\..*10 blocks/);
    expect(await states()).toEqual(Array(10).fill("."));
    await page.getByText("It leads to the head that you brought").waitFor();
    expect(await page.getByRole("table", { name: "Who signed" }).innerText()).toContain("home-01");
    await clean();
    await page.getByRole("button", { name: "Keep it in this browser" }).click();
    await page.getByText("Kept in this browser, under the id").waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.getByRole("button", { name: /Open the ledger/ }).waitFor();
    await page.context().setOffline(true);
    await page.reload();
    await page.getByRole("button", { name: /Open the ledger/ }).click();
    await page.locator(".sent.held").waitFor();
    expect(await judged()).toContain("10 blocks");
    await page.getByRole("button", { name: /Remove the ledger/ }).click();
    await page.getByText("Nothing yet").waitFor();
  });

  it("with a byte changed shows the block, what should stand there, and all blocks behind it in red", async () => {
    const { page } = tab;
    const json = sent.file("ledger.json");
    const text = json.bytes.toString().split("\n");
    const line = text.findIndex((each) => each.startsWith(`{"height":${sent.trading},`));
    text[line] = text[line]!.replace(/("usePrice":)(\d)/, "$19");
    await handOver([{ path: "sent.json", bytes: Buffer.from(text.join("\n")) }]);
    expect(await judged()).toMatch(/It does not hold\..*block 5.*4 blocks behind it/);
    expect(await states()).toEqual([...".....", "x", ..."dddd"]);
    const differing = page.locator(".faults tr.differs");
    expect(await differing.count()).toBe(1);
    expect(await differing.innerText()).toMatch(
      /≠ price for the buyer\s+0\.\d+ coin per kWh\s+\d+\.\d+ coin per kWh/,
    );
    expect(await page.getByText("exactly the hash that was sealed").count()).toBe(1);
    const [red, grey] = await page
      .locator(".sent .chain [role=option]")
      .evaluateAll((blocks) => [blocks[7]!, blocks[2]!].map((block) => getComputedStyle(block).borderColor));
    expect(red).not.toBe(grey);
    await page.locator(".sent .chain").press("End");
    await page.locator(".sent .facts").first().getByText("builds on it").waitFor();
    expect(await page.getByRole("button", { name: "Keep it" }).count()).toBe(0);
    await clean();
  });

  it("is told wherever a byte of its file was changed", async () => {
    const file = sent.file("ledger.gclf");
    for (const part of [0.1, 0.35, 0.6, 0.85, 0.9999]) {
      await handOver([flipped(file, Math.floor(part * file.bytes.length))]);
      expect(await judged(), `${part}`).toMatch(/It does not hold\./);
    }
  });

  it("comes as a folder, and is executed from a snapshot on", async () => {
    const { page } = tab;
    await page.getByLabel("Folder to check").setInputFiles(join(sent.folder, "ledger"));
    await page.locator(".sent.held").waitFor();
    await page.getByRole("button", { name: "snapshot of block 8" }).click();
    await page.getByText("you trust whoever sealed that block").waitFor();
    expect(await judged()).toMatch(/The 1 behind the snapshot were executed again.*the 9 before were not/);
    expect(await page.locator(".chain .unchecked").count()).toBe(9);
    await page.getByRole("button", { name: "from the first block" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".sent.held .unchecked").length === 0);
  });

  it("can be dropped, and is not taken for orders", async () => {
    const { page } = tab;
    const data = await page.evaluateHandle((base64) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], "whatever.bin"));
      return transfer;
    }, sent.file("ledger.gclf").bytes.toString("base64"));
    await page.dispatchEvent("main", "dragover", { dataTransfer: data });
    expect(await page.locator(".cover:not([hidden])").innerText()).toBe("Drop what you were sent");
    await page.dispatchEvent("main", "drop", { dataTransfer: data });
    await page.locator(".sent.held").waitFor();
    expect(await page.locator("#told .notice").count()).toBe(0);
  });
});

describe("papers that were sent", () => {
  it("hold as they were made, and not with one byte changed", async () => {
    for (const name of ["bundle.json", "proof.json", "bill.html"]) {
      const file = sent.file(name);
      await handOver([file]);
      expect(await judged(), name).toMatch(/It holds\./);
      const isProof = name !== "bill.html";
      const at = isProof
        ? Math.floor(file.bytes.length * 0.6)
        : file.bytes.indexOf('class="amount">0.16') + 18;
      await handOver([flipped(file, at)]);
      expect(await judged(), name).toMatch(/It does not hold\./);
      expect(await tab.page.locator(".sent .faults tbody tr").count(), name).toBeGreaterThan(0);
    }
    await clean();
  });

  it("are held against the key that is written in, and what is none of them is refused where one looks", async () => {
    const { page } = tab;
    await handOver([sent.file("proof.json")]);
    await page.getByText("Whom you trust (optional)").click();
    await page.getByLabel("public key").fill("12".repeat(32));
    await page.getByRole("button", { name: "Check again with it" }).click();
    await page.locator(".sent.broke").waitFor();
    await page.getByLabel("public key").fill("");
    await handOver([{ path: "orders.csv", bytes: Buffer.from("side,id,quantity,price\n") }]);
    await page.locator(".sent.open").waitFor();
    expect(await judged()).toContain("none of the files that the notary knows");
  });
});

describe("a ledger in which energy is shared", () => {
  it("shows of the block that is open who shared with whom, how much and for what, on a phone and in German too", async () => {
    const { page } = tab;
    const { market, meters } = await sharing();
    const file = { path: "shared.gclf", bytes: Buffer.from(await ledgerFile(market, await openHasher())) };
    await handOver([file]);
    await page.locator(".sent.held").waitFor();
    const table = page.getByRole("table", { name: /^Shared in this block/ });
    const rows = async (): Promise<string[][]> =>
      table
        .locator("tbody tr")
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
    // The last block settles the period before it: what bob and cem injected, ann received.
    await expect
      .poll(rows)
      .toEqual(
        meters.map(([who, kWh, euro]) => [
          who,
          "ann",
          "electricity",
          `${kWh} kWh`,
          `${euro} EUR`,
          "period 1",
        ]),
      );
    await clean();
    const shot = async (name: string): Promise<void> => {
      if (!process.env.SHOTS) return;
      mkdirSync(process.env.SHOTS, { recursive: true });
      await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
    };
    await shot("shared-wide");
    await page.setViewportSize({ width: 390, height: 844 });
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await over()).toBeLessThanOrEqual(0);
    await shot("shared-phone");
    await tab.go("?language=de#/notary");
    await page.locator("[data-ready]").waitFor();
    await page
      .getByLabel("Dateien zum Prüfen")
      .setInputFiles({ name: file.path, mimeType: "application/octet-stream", buffer: file.bytes });
    await page.getByRole("table", { name: /^In diesem Block geteilt/ }).waitFor();
    expect(await over()).toBeLessThanOrEqual(0);
    await shot("shared-phone-de");
  });
});

describe("samples and the day of the page", () => {
  it("show a good and a forged ledger, on a phone too", async () => {
    const { page } = tab;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: "Try a forged one" }).press("Enter");
    await page.locator(".sent.broke .differs").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await clean();
    await page.getByRole("button", { name: "Try a good one" }).press("Enter");
    await page.locator(".sent.held").waitFor();
  });

  it("takes the ledger of the day, which is saved as a file that a stranger can drop", async () => {
    const { page } = tab;
    await tab.go("#/ledger?minutes=60");
    await page.locator("[data-ready] .facts").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save it as a ledger file" }).click(),
    ]);
    const path = join(sent.folder, "saved.gclf");
    await download.saveAs(path);
    await page.getByRole("button", { name: "checked by the notary" }).click();
    await page.locator(".sent.held").waitFor();
    expect(await judged()).toContain("25 blocks");
    await page.getByLabel("Files to check").setInputFiles(path);
    await page.getByRole("heading", { name: "Ledger: saved.gclf" }).waitFor();
    expect(await judged()).toContain("25 blocks");
  });

  it("can be ended", async () => {
    const { page } = tab;
    await page.getByRole("button", { name: "Try a good one" }).click();
    await page.getByRole("button", { name: "End it" }).click();
    await page.getByText("Ended before everything was checked").waitFor();
    await handOver([sent.file("proof.json")]);
    expect(await judged()).toMatch(/It holds\./);
  });
});

it("works where the browser keeps nothing, and says so", async () => {
  const { page } = await openTab(stage, { serviceWorkers: "block" });
  await page.route("**/worker-*.js", async (route) => {
    const response = await route.fetch();
    const denied =
      'Object.defineProperty(self,"indexedDB",{get(){throw new DOMException("denied","SecurityError")}});';
    await route.fulfill({ response, body: denied + (await response.text()) });
  });
  await page.goto(`${stage.server.url}#/notary`);
  await page.getByText("This browser keeps nothing for this page").waitFor();
  await page.getByRole("button", { name: "Try a good one" }).click();
  await page.locator(".sent.held").waitFor();
  await page.getByRole("button", { name: "Keep it in this browser" }).click();
  await page.locator(".sent .notice.bad").waitFor();
  await page.context().close();
});
