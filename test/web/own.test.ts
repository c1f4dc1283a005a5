/** A person's own file in a real browser: what is said of it, where, and what stays on the page. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openStage, openTab, type Stage, type Tab } from "./browser.js";

let stage: Stage;
let tab: Tab;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage?.close());
beforeEach(async () => {
  tab = await openTab(stage, { reducedMotion: "reduce", acceptDownloads: true });
});
afterEach(async () => {
  await tab.page.context().close();
  expect(tab.problems).toEqual([]);
});

const csv = "side,id,quantity,price\r\noffer,S0,10,3\r\noffer,S1,4,2\r\nbid,C0,6,5\r\nbid,C1,7,4\r\n";
const bring = (name: string, buffer: Buffer): Promise<void> =>
  tab.page.getByLabel("Order file").setInputFiles({ name, mimeType: "text/csv", buffer });
const told = (text: string | RegExp) => tab.page.locator("#told").getByText(text).waitFor();
/** Waits for a tile of these words; "2 orders" is not in "12 orders". */
const tiles = (text: string) =>
  tab.page.locator(".tiles", { hasText: new RegExp(`(^|[^\\d,])${text}`) }).waitFor();
const back = () => tab.page.getByRole("button", { name: "Back to the community" });
const rows = (size: number): string =>
  `side,id,quantity,price\n${Array.from({ length: size }, (_, index) => `${index % 2 ? "bid" : "offer"},name ${index},1.25,0.${100 + (index % 800)}\n`).join("")}`;

describe("a file of one's own", () => {
  beforeEach(async () => {
    await tab.go("#/period");
    await tiles("12 orders");
  });

  it("is read as a European program writes it, and the page says how", async () => {
    await bring("euro.csv", Buffer.from(csv.replaceAll(",", ";").replace("10;3", "10,0;3,0")));
    await told(
      /euro\.csv: 4 orders\. Cells are separated by semicolons\. Commas in numbers were read as decimal commas\./,
    );
    await tiles("4 orders");
    await tab.page.getByText("Showing euro.csv.").waitFor();
  });

  it("that is refused is refused where one looks, and the page says what it still shows", async () => {
    await tab.page.evaluate(() => scrollTo(0, 900));
    await bring("bad.csv", Buffer.from(csv.replace("6,5", "6,five")));
    await told(/^bad\.csv was not taken\. Line 4, price: .*The page still shows the community\.$/);
    const alert = tab.page.locator("#told [role=alert]");
    // The words are there before the page is laid out anew.
    const isSeen = async (): Promise<boolean> => {
      const box = await alert.boundingBox();
      return box !== null && box.y >= 0 && box.y + box.height <= 860;
    };
    await expect.poll(isSeen).toBe(true);
    await tiles("12 orders");
    await expect.poll(() => tab.page.getByText("Showing bad.csv").count()).toBe(0);
    await bring("good.csv", Buffer.from(csv));
    await tiles("4 orders");
    await bring("worse.csv", Buffer.from("a,b\n"));
    await told(/The page still shows good\.csv\.$/);
    await tab.page.getByRole("button", { name: "Put this message away" }).click();
    expect(await alert.count()).toBe(0);
  });

  it("in Windows-1252 is asked about, with how it would read, and never garbled", async () => {
    await bring("latin.csv", Buffer.from(csv.replace("S1", "Müller"), "latin1"));
    await told(/latin\.csv is not in UTF-8\. As Windows-1252, .* line 3 reads “offer,Müller,4,2”/);
    await tiles("12 orders");
    await tab.page.getByRole("button", { name: "Read it as Windows-1252" }).click();
    await tiles("4 orders");
    await tab.page.getByText("Table: supply and demand").click();
    await tab.page.locator("table", { hasText: "Müller" }).waitFor();
    expect(await tab.page.locator("body").innerText()).not.toContain("\ufffd");
  });

  it("with heat only is shown as heat", async () => {
    await bring(
      "heat.csv",
      Buffer.from("carrier,side,id,quantity,price\nheat,offer,a,2,1\nheat,bid,b,1,3\n"),
    );
    await tiles("2 orders");
    expect(await tab.page.getByLabel("Energy", { exact: true }).inputValue()).toBe("heat");
    expect(new URL(tab.page.url()).hash).toContain("carrier=heat");
  });

  it("is shown by Period and Compare, and the other views say that they show the community", async () => {
    const { page } = tab;
    await expect.poll(() => back().isVisible()).toBe(false);
    await bring("mine.csv", Buffer.from(csv));
    await tiles("4 orders");
    expect(await back().isVisible()).toBe(true);
    expect(await page.getByLabel("Season").isDisabled()).toBe(true);
    expect(await page.getByLabel("Start from").isDisabled()).toBe(true);
    await page.getByText("The orders come from mine.csv.").first().waitFor();
    await page.locator("#views a", { hasText: "Compare" }).click();
    await page.getByText("The orders of mine.csv, cleared once by rules A and once by rules B.").waitFor();
    await page.getByText(/ from the same 4 orders\b/).waitFor();
    await page.locator("#views a", { hasText: "Ledger" }).click();
    await page.getByText("This view shows the community. mine.csv is in Period and Compare.").waitFor();
    expect(await page.getByLabel("Season").isEnabled()).toBe(true);
    await back().click();
    await page.locator("#views a", { hasText: "Period" }).click();
    await tiles("12 orders");
    await expect.poll(() => back().isVisible()).toBe(false);
  });

  it("that is large is read with progress and a way to end it, and holds up nobody", async () => {
    const { page } = tab;
    // Watched in the page: the reading may be over before a test sees it from outside.
    await page.evaluate(() => {
      const seen: number[] = [];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const bar = document.querySelector<HTMLProgressElement>("#told progress");
        if (bar) seen.push(bar.value);
      }).observe(document.querySelector("#told")!, { subtree: true, childList: true, characterData: true });
    });
    await bring("large.csv", Buffer.from(rows(300_000)));
    await told(/large\.csv: 300,000 orders\./);
    await tiles("300,000 orders");
    const seen = await page.evaluate(() => (window as unknown as { seen: number[] }).seen);
    expect(new Set(seen).size).toBeGreaterThan(3);
    expect(Math.max(...seen)).toBe(1);
    // Ended at once: what was shown stays.
    await page.evaluate(() => {
      new MutationObserver((_, observer) => {
        const cancel = [...document.querySelectorAll<HTMLButtonElement>("#told button")].find(
          (button) => button.textContent === "Cancel",
        );
        if (cancel === undefined) return;
        observer.disconnect();
        cancel.click();
      }).observe(document.querySelector("#told")!, { subtree: true, childList: true });
    });
    await bring("larger.csv", Buffer.from(rows(600_000)));
    await told("larger.csv was not read to its end. The page still shows large.csv.");
    await tiles("300,000 orders");
  });

  it("that is too large is refused before it is read, with the limit", async () => {
    const { page } = tab;
    await page.getByText(/up to 64 MB/).waitFor();
    const transfer = await page.evaluateHandle(() => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(65 * 1024 * 1024)], "huge.csv", { type: "text/csv" }));
      return files;
    });
    await page.dispatchEvent("body", "dragover", { dataTransfer: transfer });
    await page.getByText("Drop a CSV of orders").waitFor();
    await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
    await told(/huge\.csv was not taken: it has 65 MB, and this page reads at most 64 MB\./);
    await expect.poll(() => page.getByText("Drop a CSV of orders").isVisible()).toBe(false);
    await tiles("12 orders");
  });

  it("has a sample to begin with, which the page takes", async () => {
    const { page } = tab;
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Sample file" }).click();
    const parts: Buffer[] = [];
    for await (const part of await (await download).createReadStream()) parts.push(part as Buffer);
    await bring("orders.csv", Buffer.concat(parts));
    await told("orders.csv: 4 orders.");
    await tiles("4 orders");
  });
});

it("a large period is given back in pieces, with how far it has come", async () => {
  const { page } = tab;
  await tab.go("#/period?members=300000&mix=town&time=720");
  const tile = page.locator(".tiles", { hasText: /\d{3},\d{3} orders/ });
  await tile.waitFor();
  const orders = Number(/([\d,]+) orders/.exec(await tile.innerText())![1]!.replaceAll(",", ""));
  expect(orders).toBeGreaterThan(200_000);
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const status = document.querySelector(".downloads [role=status]")!;
    new MutationObserver(() => seen.push(status.textContent ?? "")).observe(status, { childList: true });
  });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download everything" }).click();
  const parts: Buffer[] = [];
  for await (const part of await (await download).createReadStream()) parts.push(part as Buffer);
  const written = JSON.parse(Buffer.concat(parts).toString()) as { orders: unknown[]; trades: unknown[] };
  expect(written.orders).toHaveLength(orders);
  expect(written.trades.length).toBeGreaterThan(10_000);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(seen.filter((text) => /^Writing period\.json: \d+%$/.test(text)).length).toBeGreaterThan(5);
  await expect.poll(() => page.getByRole("button", { name: "Download everything" }).count()).toBe(1);
});
