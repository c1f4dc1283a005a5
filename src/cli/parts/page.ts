/**
 * Serves the simulator page: the files of one folder as they were when it started, each packed when it is first asked
 * for, and nothing else whatever path is asked for, with the headers that keep the page to itself.
 */
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { fail } from "../../errors.js";
import { embedPolicy, securityPolicy } from "../../policy.js";
import { type Handle, type Served, serveHttp } from "./serving.js";

const types: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".txt", "text/plain; charset=utf-8"],
  [".wasm", "application/wasm"],
]);

/** One file as it is served. */
interface PageFile {
  readonly plain: Buffer;
  /** In Brotli, worked out once, beside the thread that serves. */
  packed(): Promise<Buffer>;
  readonly type: string;
  /** Named after its content, so that a browser may keep it for good. */
  readonly hashed: boolean;
}

/** The built page inside the package. */
export const builtPage: string = fileURLToPath(new URL("../../web/", import.meta.url));

/**
 * Serves a folder's files as they are now, with the page's security headers. Port 0 takes any that is free.
 * Throws `state` when the folder holds no page, `conflict` when the address can't be had.
 */
export async function servePage(folder: string, host: string, port: number): Promise<Served> {
  const handle = await openPage(folder);
  if (handle === null) return fail("state", "page", "a built page (npm run build)", "none");
  return serveHttp(handle, { host, port });
}

/** What stands in the page where a market is served beside it: the address of the market, from the page's folder. */
const marketTag = '<meta name="gridclear-market" content="../" />';

/** The page of a folder below `/page/` of a market that is served; null where the folder holds none. */
export async function openMarketPage(folder: string): Promise<Handle | null> {
  const handle = await openPage(folder, (html) => html.replace("</head>", `${marketTag}</head>`));
  return handle === null
    ? null
    : (request, response) => {
        // The browser's address has to end in a slash, or the page would look for its files beside its folder.
        if (request.url === "/page") return void response.writeHead(308, { location: "page/" }).end();
        request.url = request.url?.replace(/^\/page(?=\/)/, "");
        handle(request, response);
      };
}

/** Reads a folder's files, the page itself as `edit` makes it; null where there is none. */
async function openPage(
  folder: string,
  edit: (html: string) => string = (html) => html,
): Promise<Handle | null> {
  const files = await readFolder(folder.replace(/[/\\]+$/, ""), edit).catch(() => null);
  return files?.has("/index.html") ? (request, response) => void answer(files, request, response) : null;
}

/** Reads every file of a folder there is a type for. */
async function readFolder(
  folder: string,
  edit: (html: string) => string,
): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const type = types.get(extname(entry.name));
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const read = await readFile(path);
    const plain = entry.name === "index.html" ? Buffer.from(edit(read.toString("utf8"))) : read;
    const name = path.slice(folder.length).replaceAll("\\", "/").replace(/^\/?/, "/");
    files.set(name, { plain, packed: packedOnce(plain), type, hashed: name.startsWith("/assets/") });
  }
  return files;
}

const compress = promisify(brotliCompress);

/**
 * Packs bytes when they are first asked for: a market that starts has no time, and most files nobody asks for.
 * Quality 7 packs the page to within 1 % of what 9 does, in a fraction of its time, for which the first visitor waits.
 */
function packedOnce(plain: Buffer): () => Promise<Buffer> {
  let packed: Promise<Buffer> | null = null;
  return () => {
    packed ??= compress(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 7 } });
    return packed;
  };
}

async function answer(
  files: ReadonlyMap<string, PageFile>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isHead = request.method === "HEAD";
  const refuse = (status: number, text: string, more: Record<string, string> = {}): void => {
    response.writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      ...more,
    });
    response.end(isHead ? undefined : `${text}\n`);
  };
  if (request.method !== "GET" && !isHead)
    return void refuse(405, "Only GET and HEAD.", { allow: "GET, HEAD" });
  const path = (request.url ?? "/").split(/[?#]/, 1)[0]!;
  const file = files.get(path === "/" ? "/index.html" : path);
  if (file === undefined) return void refuse(404, "There is no such file.");
  const packs = takesBrotli(`${request.headers["accept-encoding"] ?? ""}`);
  const body = packs ? await file.packed() : file.plain;
  response.writeHead(200, {
    "content-type": file.type,
    "content-length": body.length,
    "cache-control": file.hashed ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    ...(packs ? { "content-encoding": "br" } : {}),
    ...keeping(path),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(isHead ? undefined : body);
}

/** Who may have a file: the walk may stand on any page, and the module that puts it there may be loaded by any. */
const keeping = (path: string): Record<string, string> => ({
  "content-security-policy":
    path === "/embed.html"
      ? `${embedPolicy}; frame-ancestors *`
      : `${securityPolicy}; frame-ancestors 'none'`,
  "cross-origin-resource-policy":
    path === "/embed.html" || path === "/walk.js" ? "cross-origin" : "same-origin",
  ...(path === "/walk.js" ? { "access-control-allow-origin": "*" } : {}),
});

/** Whether an `Accept-Encoding` names `br` with a weight above zero (RFC 9110 §12.5.3). */
function takesBrotli(accepted: string): boolean {
  return accepted.split(",").some((part) => {
    const [coding, ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    return coding === "br" && (weight === undefined || Number(weight.slice(2)) > 0);
  });
}
