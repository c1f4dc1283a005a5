/** Builds the page: its policy, the list of its files for the service worker, and what its foot links to. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { embedPolicy, securityPolicy } from "../policy.js";
import { makeFirst } from "./worker/firstmade.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes the policy into the page; the development server needs more than it allows (injected styles, a socket). */
function policyTag(): Plugin {
  return {
    name: "gridclear-policy",
    apply: "build",
    transformIndexHtml: (_html, { path }) => [
      {
        tag: "meta",
        attrs: {
          "http-equiv": "Content-Security-Policy",
          content: path === "/embed.html" ? embedPolicy : securityPolicy,
        },
        injectTo: "head-prepend",
      },
    ],
  };
}

const { version, license, repository } = JSON.parse(readFileSync(here("../../package.json"), "utf8")) as {
  version: string;
  license: string;
  repository?: { url: string };
};
/** Where the source is kept, once package.json says so: an address that a browser opens. */
const source = repository?.url.replace(/^git\+/, "").replace(/\.git$/, "") ?? null;
/** The markets that the page shows before it has fetched what trades a day. */
const first = await makeFirst();
/** Pages of the documentation that the foot links to; the build brings them along, as text that any browser shows. */
const documents = ["page", "market-rules", "ledger-format"] as const;

/** Puts the licence and the documentation beside the page. */
function papers(): Plugin {
  return {
    name: "gridclear-papers",
    apply: "build",
    generateBundle() {
      const put = (fileName: string, path: string): void => {
        this.emitFile({ type: "asset", fileName, source: readFileSync(here(path), "utf8") });
      };
      put("docs/license.txt", "../../LICENSE");
      for (const name of documents) put(`docs/${name}.txt`, `../../docs/${name}.md`);
    },
  };
}

/**
 * Tells the service worker which files to keep and a name for this set of them, so that a new build replaces the old.
 */
function offlineList(): Plugin {
  return {
    name: "gridclear-offline",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["offline.js"];
      if (worker?.type !== "chunk") return this.error("the service worker is missing from the build");
      const hash = createHash("sha256");
      const names = Object.keys(bundle)
        .filter((name) => name !== "offline.js" && !/\.map$|^docs\//.test(name))
        .sort();
      for (const name of names) {
        const file = bundle[name]!;
        hash
          .update(name)
          .update("\0")
          .update(file.type === "chunk" ? file.code : file.source);
      }
      worker.code = worker.code
        .replace(/["'`]__FILES__["'`]/, JSON.stringify(["./", ...names]))
        .replace("__VERSION__", hash.digest("hex").slice(0, 16));
    },
  };
}

/** Keeps which modules a build has and what each imports. */
function openGraph() {
  const imports = new Map<string, readonly string[]>();
  const plugin: Plugin = {
    name: "gridclear-graph",
    apply: "build",
    moduleParsed({ id, importedIds }) {
      imports.set(id, importedIds);
    },
  };
  /** What a module brings along: all that it imports, and what that imports; not what is fetched later. */
  const broughtBy = (start: string, found = new Set<string>()): Set<string> => {
    if (found.has(start)) return found;
    found.add(start);
    for (const next of imports.get(start) ?? []) broughtBy(next, found);
    return found;
  };
  return { plugin, broughtBy };
}

/**
 * Puts what is needed together into one file: all that `later` brings along beside what is there already by `before`.
 * Otherwise each set of modules that some views share would be a file and a request of its own.
 */
function oneFile(
  { broughtBy }: ReturnType<typeof openGraph>,
  name: string,
  before: readonly string[],
  later: string,
) {
  let found: Set<string> | null = null;
  const modules = (): Set<string> => {
    const there = before.map((each) => broughtBy(here(each)));
    // Not `later` itself: the page begins as it loads, and what it brings along is needed by the embedded walk too.
    const all = [...broughtBy(here(later))].filter((id) => id !== here(later));
    return new Set(all.filter((id) => there.every((set) => !set.has(id))));
  };
  return {
    name,
    test(id: string): boolean {
      found ??= modules();
      return found.has(id);
    },
    includeDependenciesRecursively: false,
  };
}
const ofPage = openGraph();
const ofWorker = openGraph();

export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [ofPage.plugin, policyTag(), papers(), offlineList()],
  define: {
    __ABOUT__: JSON.stringify({ version, license, source, documents }),
    __FIRST__: JSON.stringify(first),
  },
  build: {
    outDir: here("../../dist/web"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        index: here("index.html"),
        embed: here("embed.html"),
        offline: here("offline.ts"),
        walk: here("walk.ts"),
      },
      output: {
        codeSplitting: {
          groups: [
            oneFile(ofPage, "page", ["main.ts"], "page.ts"),
            oneFile(ofPage, "period", ["main.ts", "page.ts"], "views/period.ts"),
          ],
        },
        entryFileNames: (chunk) =>
          ["offline", "walk"].includes(chunk.name) ? "[name].js" : "assets/[name]-[hash].js",
      },
    },
  },
  worker: {
    format: "es",
    plugins: () => [ofWorker.plugin],
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [oneFile(ofWorker, "period", ["worker/worker.ts"], "worker/period.ts")] },
      },
    },
  },
});
