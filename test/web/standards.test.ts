import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { participantsOf } from "../../src/web/settings/effects.js";
import { defaults } from "../../src/web/settings/settings.js";
import { openRun } from "../../src/web/worker/chain.js";
import { scenarioOf } from "../../src/web/worker/scenario.js";
import { openStage, openTab, ready, type Stage } from "./browser.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage?.close());

const looks: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true },
};

describe("accessibility", () => {
  for (const [look, options] of Object.entries(looks))
    it(`has nothing for axe to find in any view: ${look}`, async () => {
      const { page, problems, go } = await openTab(stage, { reducedMotion: "reduce", ...options });
      for (const [view, selector] of Object.entries(ready)) {
        await go(`#/${view}?minutes=60`);
        await page.locator(selector).first().waitFor({ state: "attached" });
        for (const summary of await page.locator(".behind > summary:visible").all()) await summary.click();
        if (view === "period") await page.getByRole("button", { name: "Next step" }).click();
        if (view === "ledger") {
          await page.getByRole("button", { name: "Tamper with this block" }).click();
          await page.locator(".checks").first().waitFor();
        }
        await page.evaluate(axe.source);
        const found = await page.evaluate(async () => {
          const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
          return violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
          );
        });
        expect(found, `${view}, ${look}`).toEqual([]);
        // Nothing sticks out at the side.
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide, `${view}, ${look}: pixels too wide`).toBeLessThanOrEqual(0);
      }
      expect(problems).toEqual([]);
      await page.context().close();
    });

  // axe does not look at text in drawings.
  for (const colorScheme of ["light", "dark"] as const)
    it(`keeps the orders that are done legible: ${colorScheme}`, async () => {
      const { page, go } = await openTab(stage, { colorScheme, reducedMotion: "reduce" });
      await go("#/period");
      await page.locator(".queue .block").first().waitFor();
      for (let step = 0; step < 11; step++) await page.getByRole("button", { name: "Next step" }).click();
      const ratios = await page.locator(".block.done text").evaluateAll((texts) =>
        texts.map((text) => {
          let opacity = 1;
          for (let at: Element | null = text; at !== null; at = at.parentElement)
            opacity *= Number(getComputedStyle(at).opacity);
          const channels = (color: string): number[] =>
            color
              .match(/[\d.]+/g)!
              .slice(0, 3)
              .map(Number);
          const ground = channels(getComputedStyle(text.closest(".card")!).backgroundColor);
          const ink = channels(getComputedStyle(text).fill).map(
            (value, place) => value * opacity + ground[place]! * (1 - opacity),
          );
          // Relative luminance and contrast of WCAG 2.2.
          const luminance = (rgb: number[]): number => {
            const [r, g, b] = rgb.map((value) => {
              const part = value / 255;
              return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
          };
          const [dark, light] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
          return (light! + 0.05) / (dark! + 0.05);
        }),
      );
      expect(ratios.length).toBeGreaterThan(5);
      expect(Math.min(...ratios)).toBeGreaterThan(4.5);
      await page.context().close();
    });

  it("can be worked with the keyboard alone, and shows where the focus is", async () => {
    const { page, go } = await openTab(stage);
    await go("#/period");
    await page.locator(".queue .block").first().waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    const before = page.url();
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    expect(page.url()).toBe(before);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.reload();
    await page.locator(".queue .block").first().waitFor();
    const seen = new Set<string>();
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const shape = element.closest<HTMLElement>(".choice label") ?? element;
        const style = getComputedStyle(shape);
        if (element === document.body) return { name: "the end", visible: true };
        const name = element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
        return {
          name: name || element.id || element.tagName,
          visible: style.outlineStyle !== "none" && style.outlineWidth !== "0px",
        };
      });
      if (at.name === "the end") break;
      expect(at.visible, `focus on ${at.name}`).toBe(true);
      seen.add(at.name);
    }
    for (const name of ["Day", "Ledger", "Play", "Next step", "New random orders"])
      expect(seen).toContain(name);
    await page.context().close();
  });

  it("moves nothing for those who asked for less motion", async () => {
    const { page, go } = await openTab(stage, { reducedMotion: "reduce" });
    await go("#/period");
    await page.locator(".queue .block").first().waitFor();
    for (let step = 0; step < 4; step++) await page.getByRole("button", { name: "Next step" }).click();
    expect(await page.locator(".lot").count()).toBe(0);
    const moving = await page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === "running").length,
    );
    expect(moving).toBe(0);
    await page.context().close();
  });

  it("keeps the theme that was chosen", async () => {
    const { page, go } = await openTab(stage, { colorScheme: "light" });
    await go("");
    const ground = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByRole("button", { name: /Theme/ }).click();
    expect(await ground()).toBe(light);
    await page.getByRole("button", { name: /Theme/ }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await ground()).toBe(dark);
    await page.context().close();
  });
});

describe("the policy", () => {
  it("is in force: no inline script, no inline style, no eval, nothing from elsewhere", async () => {
    const { page, go } = await openTab(stage);
    await go("#/period");
    await page.locator(ready.period!).first().waitFor();
    const blocked = await page.evaluate(async () => {
      const violations: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) =>
        violations.push(event.effectiveDirective),
      );
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.head.append(script);
      document.body.setAttribute("style", "color: red");
      await fetch("https://example.com/").catch(() => undefined);
      // In a task of its own: what the test's own channel runs is exempt from the policy.
      const evaluated = await new Promise<boolean>((resolve) => {
        setTimeout(() => {
          try {
            // biome-ignore lint/security/noGlobalEval: whether the page forbids it is the question
            globalThis.eval("1");
            resolve(true);
          } catch {
            resolve(false);
          }
        });
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { violations, ran: "ran" in window, evaluated };
    });
    expect(blocked.ran).toBe(false);
    expect(blocked.evaluated).toBe(false);
    for (const directive of ["script-src-elem", "style-src-attr", "connect-src"])
      expect(blocked.violations).toContain(directive);
    const meta = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
    expect(meta).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(meta).not.toMatch(/'unsafe-(inline|eval)'/);
    await page.context().close();
  });
});

describe("the network", () => {
  it("is not needed after the first visit", async () => {
    const { page, go } = await openTab(stage);
    await go("#/period");
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.locator(ready.period!).first().waitFor();
    await page.reload();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.context().setOffline(true);
    await page.reload();
    await page.locator(ready.period!).first().waitFor();
    for (const view of ["day", "compare", "ledger", "bench"]) {
      await page.locator("#views a", { hasText: new RegExp(view, "i") }).click();
      await page.locator(ready[view]!).first().waitFor({ state: "attached" });
    }
    await page.context().close();
  });

  it("brings a first view that stays where it is", async () => {
    const { page, go } = await openTab(stage, { serviceWorkers: "block" });
    await page.addInitScript(() => {
      const shifts = { sum: 0, what: [] as string[] };
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as {
          value: number;
          hadRecentInput: boolean;
          sources?: { node: Node | null }[];
        }[])
          if (!entry.hadRecentInput) {
            shifts.sum += entry.value;
            shifts.what.push(
              ...(entry.sources ?? []).map(
                ({ node }) => `${entry.value.toFixed(4)} ${(node as Element)?.className ?? node}`,
              ),
            );
          }
      }).observe({ type: "layout-shift", buffered: true });
    });
    await go("#/period");
    await page.locator(".queue .block").first().waitFor();
    await page.waitForTimeout(500);
    const shifts = await page.evaluate(
      () => (window as unknown as { shifts: { sum: number; what: string[] } }).shifts,
    );
    expect(shifts.sum, shifts.what.join(", ")).toBeLessThan(0.005);
    await page.context().close();
  });
});

describe("the first view", () => {
  it("can be used soon after it opens, and takes no click before it can answer one", async () => {
    // A busy machine must not fail this; how long it takes on a quiet one stands in docs/page.md.
    let best = Number.POSITIVE_INFINITY;
    for (let load = 0; load < 3; load++) {
      const { page, go } = await openTab(stage, { serviceWorkers: "block" });
      const start = performance.now();
      await go("#/period");
      await page.getByRole("button", { name: "Next step" }).click();
      await page.locator(".walk-say", { hasText: "Phase A" }).waitFor();
      best = Math.min(best, performance.now() - start);
      await page.context().close();
    }
    console.log(`first step after ${best.toFixed(0)} ms, best of 3 loads`);
    expect(best).toBeLessThan(10_000);
  });

  it("works from any host, below any path, with the policy of the page alone", async () => {
    const folder = fileURLToPath(new URL("../../dist/web/", import.meta.url));
    const types: Record<string, string> = {
      ".html": "text/html",
      ".js": "text/javascript",
      ".css": "text/css",
      ".svg": "image/svg+xml",
    };
    const host = createServer(async (request, response) => {
      const name =
        (request.url ?? "").replace(/^\/some\/where\/deep\//, "").replace(/[?#].*/, "") || "index.html";
      const body = await readFile(`${folder}${name}`).catch(() => null);
      response.writeHead(body === null ? 404 : 200, { "content-type": types[extname(name)] ?? "text/plain" });
      response.end(body);
    });
    await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
    const { port } = host.address() as AddressInfo;
    const { page, problems } = await openTab(stage);
    await page.goto(`http://127.0.0.1:${port}/some/where/deep/#/day?minutes=60`);
    await page.locator(ready.day!).first().waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)).toContain(
      "/some/where/deep/",
    );
    expect(problems).toEqual([]);
    await page.context().close();
    host.closeAllConnections();
    host.close();
  });
});

describe("a million members", () => {
  it("are cleared without the page missing more than one frame in ten", async () => {
    const { page, problems, go } = await openTab(stage);
    await go("#/period");
    await page.locator(ready.period!).first().waitFor();
    /** Frames a second: at rest for a second, then until the period of `orders` is shown. */
    const rates = (members: number) =>
      page.evaluate(async (size) => {
        const rate = async (until: () => boolean): Promise<number> => {
          const start = performance.now();
          let frames = 0;
          while (!until()) {
            await new Promise(requestAnimationFrame);
            frames++;
          }
          return (frames * 1000) / (performance.now() - start);
        };
        const begin = performance.now();
        const rest = await rate(() => performance.now() - begin > 1000);
        location.hash = `#/period?members=${size}&mix=town&time=720`;
        const said = (): string => /[\d,]+ orders/.exec(document.querySelector(".tiles")!.textContent!)![0];
        const before = said();
        const work = await rate(() => said() !== before);
        return { rest, work, orders: Number(said().replace(/\D/g, "")) };
      }, members);
    // The machine may have other things to do for a while: the best of a few sizes around a million counts.
    let best = 0;
    for (const members of [1_000_000, 995_000, 990_000, 985_000]) {
      const { rest, work, orders } = await rates(members);
      expect(orders).toBeGreaterThan(700_000);
      best = Math.max(best, work / rest);
      if (best >= 0.9) break;
    }
    expect(best).toBeGreaterThanOrEqual(0.9);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe("the blocks", () => {
  it("have the hashes that Node comes to for the same seed", async () => {
    const settings = { ...defaults, minutes: 60 };
    const run = await openRun(await openEngine(), scenarioOf(settings, participantsOf(settings)));
    for await (const { height } of run.periods) expect(run.hashes).toHaveLength(height + 1);
    const { page, go } = await openTab(stage);
    for (const height of [0, 1, 13, 24]) {
      await go(`#/ledger?minutes=60&block=${height}`);
      await page.getByRole("heading", { name: `Block ${height}`, exact: true }).waitFor();
      expect(await page.locator(".facts dd").first().innerText()).toBe(hex(run.hashes[height]!));
    }
    await page.context().close();
  });
});
