/**
 * A Firefox as Debian has it, driven over WebDriver BiDi (w3c.github.io/webdriver-bidi): what a smoke needs of that,
 * and no more. Playwright's own way to it asks for commands that the long-term Firefox does not know.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";

/** So that it asks nobody anything, and shows nothing but what it is told to. */
const preferences = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

type Answer = { readonly [name: string]: unknown };
/** What an expression came to, as BiDi says it. */
interface Evaluated {
  readonly type: "success" | "exception";
  readonly result?: { readonly value?: string; readonly sharedId?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** A tab, and everything that its browser complained of. */
export interface FoxTab {
  readonly problems: string[];
  go(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Goes through the history: −1 is back. */
  travel(steps: number): Promise<void>;
  /** What `act` comes to in the page; its arguments and its value are JSON. */
  run<A extends readonly unknown[], T>(act: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  /** Waits until `act` comes to something true in the page. */
  until<A extends readonly unknown[]>(act: (...args: A) => unknown, ...args: A): Promise<void>;
  /** Moves the pointer to the first element that matches and has that text, and clicks. */
  click(selector: string, text?: string): Promise<void>;
  choose(selector: string, paths: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The address at which a browser that was started can be told what to do. */
const addressOf = (browser: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = "";
    browser.stderr!.on("data", (chunk) => {
      said += chunk;
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
    });
    browser.on("exit", (code) => reject(new Error(`Firefox ended with ${code}: ${said.slice(-500)}`)));
  });

/** Where the middle of an element is once it is in sight; null where there is none. */
const middleOf = (selector: string, text: string | null): { x: number; y: number } | null => {
  const found = [...document.querySelectorAll<HTMLElement>(selector)].find(
    (each) => each.checkVisibility() && (text === null || each.textContent?.trim() === text),
  );
  if (found === undefined || found.matches(":disabled")) return null;
  found.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, width, height } = found.getBoundingClientRect();
  return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
};

/** Starts a Firefox with a profile of its own. */
export async function openFirefox(path: string): Promise<{ tab(): Promise<FoxTab>; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), "gridclear-firefox-"));
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${value});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const browser = spawn(path, ["--headless", "--remote-debugging-port=0", "--profile", profile], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
  });
  const socket = new WebSocket(`${await addressOf(browser)}/session`);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const waiting = new Map<number, (message: Answer) => void>();
  const listeners: ((method: string, params: Answer) => void)[] = [];
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as Answer;
    if (typeof message.id === "number") waiting.get(message.id)?.(message);
    else for (const listener of listeners) listener(String(message.method), message.params as Answer);
  });
  let last = 0;
  const send = <T = Answer>(method: string, params: Answer = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ error, message, result }) => {
        waiting.delete(id);
        if (error === undefined) resolve(result as T);
        else reject(new Error(`${method}: ${error}: ${message}`));
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  await send("session.new", { capabilities: {} });
  await send("session.subscribe", { events: ["log.entryAdded"] });
  return {
    tab: () => openTab(send, (listener) => void listeners.push(listener)),
    async close() {
      const ended = new Promise((resolve) => browser.once("exit", resolve));
      browser.removeAllListeners("exit").once("exit", () => undefined);
      await send("browser.close").catch(() => browser.kill());
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
      if (browser.exitCode === null) browser.kill("SIGKILL");
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openTab(
  send: <T = Answer>(method: string, params?: Answer) => Promise<T>,
  listen: (listener: (method: string, params: Answer) => void) => void,
): Promise<FoxTab> {
  // In a context of its own: nothing is kept from one to the next.
  const { userContext } = await send("browser.createUserContext");
  const { context } = await send("browsingContext.create", { type: "tab", userContext });
  await send("browsingContext.setViewport", { context, viewport: { width: 1280, height: 860 } });
  const problems: string[] = [];
  listen((_, { level, text, source }) => {
    const from = (source as { readonly context?: unknown } | undefined)?.context;
    if ((level === "error" || level === "warn") && from === context) problems.push(`${level}: ${text}`);
  });
  const evaluate = async (expression: string): Promise<Evaluated["result"]> => {
    const found = await send<Evaluated>("script.evaluate", {
      expression,
      target: { context },
      awaitPromise: true,
      userActivation: true,
    });
    if (found.type === "exception") throw new Error(found.exceptionDetails?.text);
    return found.result;
  };
  const run: FoxTab["run"] = async (act, ...args) => {
    const call = `(${act})(${args.map((each) => JSON.stringify(each)).join(", ")})`;
    const found = await evaluate(`Promise.resolve(${call}).then((value) => JSON.stringify(value ?? null))`);
    return JSON.parse(found?.value ?? "null");
  };
  const until: FoxTab["until"] = async (act, ...args) => {
    const end = Date.now() + 45_000;
    // While a page is being left there is none to ask.
    while (!(await run(act, ...args).catch(() => false))) {
      if (Date.now() > end) throw new Error(`did not come: ${act} with ${JSON.stringify(args)}`);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  };
  return {
    problems,
    run,
    until,
    go: async (url) => void (await send("browsingContext.navigate", { context, url, wait: "complete" })),
    reload: async () => void (await send("browsingContext.reload", { context, wait: "complete" })),
    travel: async (delta) => void (await send("browsingContext.traverseHistory", { context, delta })),
    async click(selector, text) {
      await until(middleOf, selector, text ?? null);
      const { x, y } = (await run(middleOf, selector, text ?? null))!;
      const steps = [
        { type: "pointerMove", x, y },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ];
      const pointer = { type: "pointer", id: "mouse", actions: steps };
      await send("input.performActions", { context, actions: [pointer] });
    },
    async choose(selector, files) {
      const found = await evaluate(`document.querySelector(${JSON.stringify(selector)})`);
      await send("input.setFiles", { context, element: { sharedId: found!.sharedId }, files });
    },
    close: async () => void (await send("browser.removeUserContext", { userContext })),
  };
}
