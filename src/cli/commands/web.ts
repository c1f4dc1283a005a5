import { readdir, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { fail } from "../../errors.js";
import type { Command } from "../command.js";
import { securityPolicy } from "../parts/policy.js";

const usage = `Usage: gridclear web [--port N] [--host H]

Serves the simulator page from this machine until it is interrupted. Nothing leaves the machine: the page computes
everything in the browser.

--port   port to listen on, 0 for any that is free (default 8310)
--host   address to listen on (default 127.0.0.1: this machine only)
`;

const types: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".wasm", "application/wasm"],
]);

/** One file as it is served. */
interface Served {
  readonly plain: Buffer;
  readonly packed: Buffer;
  readonly type: string;
  /** Named after its content, so that a browser may keep it for good. */
  readonly hashed: boolean;
}

/** Reads every file of a folder there is a type for; only these are ever served, whatever path is asked for. */
async function readFolder(folder: string): Promise<ReadonlyMap<string, Served>> {
  const files = new Map<string, Served>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const type = types.get(extname(entry.name));
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const plain = await readFile(path);
    const packed = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    const name = path.slice(folder.length).replaceAll("\\", "/").replace(/^\/?/, "/");
    files.set(name, { plain, packed, type, hashed: name.startsWith("/assets/") });
  }
  return files;
}

function answer(
  files: ReadonlyMap<string, Served>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const plainText = (status: number, text: string, more: Record<string, string> = {}): void => {
    response.writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      ...more,
    });
    response.end(request.method === "HEAD" ? undefined : `${text}\n`);
  };
  if (request.method !== "GET" && request.method !== "HEAD")
    return void plainText(405, "Only GET and HEAD.", { allow: "GET, HEAD" });
  const path = (request.url ?? "/").split(/[?#]/, 1)[0]!;
  const file = files.get(path === "/" ? "/index.html" : path);
  if (file === undefined) return void plainText(404, "There is no such file.");
  const packs = /\bbr\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const body = packs ? file.packed : file.plain;
  response.writeHead(200, {
    "content-type": file.type,
    "content-length": body.length,
    "cache-control": file.hashed ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    ...(packs ? { "content-encoding": "br" } : {}),
    "content-security-policy": `${securityPolicy}; frame-ancestors 'none'`,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** A page being served. */
export interface PageServer {
  readonly url: string;
  /** Stops at once, ending connections that are open. */
  close(): Promise<void>;
}

/** The built page inside the package. */
export const builtPage: string = fileURLToPath(new URL("../../web/", import.meta.url));

/**
 * Serves a folder's files as they are now, with the page's security headers. Port 0 takes any that is free.
 * Throws `state` when the folder holds no page, `conflict` when the address can't be had.
 */
export async function servePage(folder: string, host: string, port: number): Promise<PageServer> {
  const files = await readFolder(folder.replace(/[/\\]+$/, "")).catch(() => new Map<string, Served>());
  if (!files.has("/index.html")) return fail("state", "page", "a built page (npm run build)", "none");
  const server: Server = createServer((request, response) => answer(files, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) =>
    fail("conflict", `${host}:${port}`, "an address that is free", error.code),
  );
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `gridclear web`: serves the simulator page. */
export const webCommand: Command = {
  name: "web",
  summary: "serve the simulator page on this machine",
  usage,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: "string", default: "8310" }, host: { type: "string", default: "127.0.0.1" } },
    });
    const port = /^[0-9]{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
    if (!(port <= 65_535)) return fail("invalid", "--port", "a number from 0 to 65535", values.port);
    const page = await servePage(builtPage, values.host, port);
    io.out(`${page.url}\n`);
    io.err("Serving the simulator page; stop it with Ctrl-C.\n");
    await new Promise<void>((resolve) => {
      process.once("SIGINT", resolve);
      process.once("SIGTERM", resolve);
    });
    await page.close();
    return 0;
  },
};
