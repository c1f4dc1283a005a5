/**
 * The last step of `npm run build`: what dist needs beside what the compilers write.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { notices } from "./notices.mjs";

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist");

// The inlined core is one long text: its source is not packed, so nothing may point there.
for (const name of ["scalar.js", "scalar.d.ts", "simd.js", "simd.d.ts"]) {
  const file = join(dist, "core/inline", name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/\/\/# sourceMappingURL=.*\n?/, ""));
  rmSync(`${file}.map`, { force: true });
}
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), await notices());
