// The tests of Node with one fault planted in the sources: PLANTED is JSON, a file and the text that stands for it.
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = new URL("../..", import.meta.url).pathname;
const { file, text } = JSON.parse(process.env.PLANTED ?? "{}");

export default defineConfig({
  root,
  plugins: [
    {
      name: "plant",
      enforce: "pre",
      transform: (_, id) => (id.split("?")[0] === join(root, file) ? text : null),
    },
  ],
  test: {
    setupFiles: ["test/setup.ts"],
    provide: { propertySeed: 20261127 },
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.browser.test.ts", "test/data/**", "test/web/**"],
    environment: "node",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    bail: 1,
  },
});
