import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { webCommand } from "../../../src/cli/commands/web.js";
import { servePage } from "../../../src/cli/parts/page.js";
import type { Served } from "../../../src/cli/parts/serving.js";
import { GridclearError } from "../../../src/errors.js";
import { embedPolicy, securityPolicy } from "../../../src/policy.js";

let root: string;
let server: Served;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "gridclear-web-"));
  await mkdir(join(root, "page/assets"), { recursive: true });
  await writeFile(join(root, "secret.js"), "secret");
  await writeFile(join(root, "page/index.html"), "<!doctype html><title>page</title>");
  await writeFile(join(root, "page/embed.html"), "<!doctype html><title>walk</title>");
  await writeFile(join(root, "page/walk.js"), "export {}");
  await writeFile(join(root, "page/assets/main-abc.js"), "console.log(1)".repeat(100));
  await writeFile(join(root, "page/.env"), "secret");
  await symlink(join(root, "secret.js"), join(root, "page/link.js"));
  server = await servePage(join(root, "page"), "127.0.0.1", 0);
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

/** Asks with the path exactly as written: `fetch` would tidy it up first. */
function ask(path: string, method = "GET", headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(server.url);
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const sent = request({ hostname, port, path, method, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }),
        );
      });
      sent.on("error", reject);
      sent.end();
    },
  );
}

describe("gridclear web", () => {
  it("serves the page with headers that keep it to itself", async () => {
    const { status, headers, body } = await ask("/");
    expect(status).toBe(200);
    expect(body.toString()).toContain("<title>page</title>");
    expect(headers["content-security-policy"]).toBe(`${securityPolicy}; frame-ancestors 'none'`);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    });
    const asset = await ask("/assets/main-abc.js?x=1");
    expect(asset.headers["cache-control"]).toContain("immutable");
  });

  it("lets other pages have the walk and the module that puts it there, and nothing else", async () => {
    const walk = await ask("/embed.html");
    expect(walk.headers["content-security-policy"]).toBe(`${embedPolicy}; frame-ancestors *`);
    expect(walk.headers["cross-origin-resource-policy"]).toBe("cross-origin");
    const module = await ask("/walk.js");
    expect(module.headers["access-control-allow-origin"]).toBe("*");
    expect(module.headers["cross-origin-resource-policy"]).toBe("cross-origin");
    for (const path of ["/", "/assets/main-abc.js", "/nothing/embed.html"]) {
      const { headers } = await ask(path);
      expect(headers["access-control-allow-origin"], path).toBeUndefined();
      expect(headers["cross-origin-resource-policy"] ?? "same-origin", path).toBe("same-origin");
    }
  });

  it("compresses for those who can read it", async () => {
    const plain = await ask("/assets/main-abc.js");
    const packed = await ask("/assets/main-abc.js", "GET", { "accept-encoding": "gzip, br" });
    expect(packed.headers["content-encoding"]).toBe("br");
    expect(packed.body.length).toBeLessThan(plain.body.length);
    const codingFor = async (accepted: string): Promise<unknown> =>
      (await ask("/assets/main-abc.js", "GET", { "accept-encoding": accepted })).headers["content-encoding"];
    for (const accepted of ["br", "BR", "gzip;q=0.5, br;q=0.1", "br ; q=1.000", "*, br"])
      expect(await codingFor(accepted), accepted).toBe("br");
    for (const accepted of [
      "br;q=0",
      "gzip, br; q=0.000",
      "br;q=none",
      "gzip",
      "brotli",
      "x-br",
      "identity",
      "",
    ])
      expect(await codingFor(accepted), accepted).toBeUndefined();
  });

  it("packs a file when it is asked for and not before, and once", async () => {
    const folder = join(root, "large");
    await mkdir(folder);
    await writeFile(join(folder, "index.html"), "<!doctype html>");
    // Digits that hardly repeat: packing them takes far longer than reading them.
    let digits = "";
    for (let count = 0; count < 60_000; count += 1) digits += `${Math.imul(count, 2_654_435_761) >>> 0}\n`;
    await writeFile(join(folder, "large.js"), digits);
    const begunMs = performance.now();
    const large = await servePage(folder, "127.0.0.1", 0);
    const openMs = performance.now() - begunMs;
    const read = async (): Promise<number> => {
      const sinceMs = performance.now();
      const answer = await fetch(`${large.url}large.js`, { headers: { "accept-encoding": "br" } });
      expect(answer.headers.get("content-encoding")).toBe("br");
      expect(await answer.text()).toBe(digits);
      return performance.now() - sinceMs;
    };
    const firstMs = await read();
    expect(openMs).toBeLessThan(firstMs / 2);
    expect(await read()).toBeLessThan(firstMs / 2);
    await large.close();
  });

  it("serves nothing but the files of its folder", async () => {
    for (const path of [
      "/../secret.js",
      "/%2e%2e/secret.js",
      "/..%2fsecret.js",
      "/assets/../../secret.js",
      "//etc/passwd",
      "/.env",
      "/link.js",
      "/assets",
      "/__proto__",
      "/constructor",
      "/index.html/",
      "/index.html%00.js",
      "http://127.0.0.1/../secret.js",
    ]) {
      const { status, body } = await ask(path);
      expect(status, path).toBe(404);
      expect(body.toString(), path).not.toContain("secret\n");
    }
  });

  it("answers GET and HEAD only", async () => {
    expect((await ask("/", "POST")).status).toBe(405);
    const head = await ask("/", "HEAD");
    expect(head.status).toBe(200);
    expect(head.body.length).toBe(0);
  });

  it("says what is wrong with a folder, a port or an address", async () => {
    await expect(servePage(join(root, "nowhere"), "127.0.0.1", 0)).rejects.toMatchObject({
      code: "state",
      field: "page",
    });
    const port = Number(new URL(server.url).port);
    await expect(servePage(join(root, "page"), "127.0.0.1", port)).rejects.toMatchObject({
      code: "conflict",
    });
    const io = { out: () => undefined, err: () => undefined, columns: 80, isTTY: false };
    for (const wrong of ["0x50", "-1", "65536", "80.5", ""])
      await expect(webCommand.run([`--port=${wrong}`], io)).rejects.toBeInstanceOf(GridclearError);
  });
});
