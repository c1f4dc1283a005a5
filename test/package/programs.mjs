/** Small programs that use the package, for every project: each has a `main` that resolves to a line of text. */

/** Clears the worked case of the market rules: quantities of the trades. */
export const clears = `
import { openEngine } from "gridclear";
const main = async () => {
  const engine = await openEngine();
  const { trades } = engine.clear({
    offers: { quantity: Uint32Array.of(10, 4), price: Int32Array.of(3, 2) },
    bids: { quantity: Uint32Array.of(6, 7), price: Int32Array.of(5, 4) },
  });
  return [...trades.quantity].join();
};
`;
/** What it comes to, as docs/market-rules.md works it out. */
export const cleared = "6,4,3";

/** One of each: a market's period, the core without SIMD against the light client's hash, a signature, a store,
 * the simulation. */
export const usesAll = `
import { openEngine, openMarket } from "gridclear";
import { scalarCore } from "gridclear/scalar";
import { openSimulation } from "gridclear/simulation";
import { plainEd25519 } from "gridclear/ed25519";
import { openMemoryStore } from "gridclear/store/memory";
import { hex, openSignatures, plainHasher } from "gridclear/verify";
const main = async () => {
  const engine = await openEngine();
  const store = await openMemoryStore();
  const market = await openMarket({ engine, store, participants: ["ann", "bob"] });
  market.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "2", price: "0.1" });
  market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "2", price: "0.2" });
  await market.clearPeriod(30_000);
  const scalar = await openEngine({ wasm: scalarCore() });
  const empty = new Uint8Array(0);
  const alike = hex(scalar.sha256(empty)) === hex(plainHasher.sha256(empty));
  const signatures = await openSignatures({ fallback: plainEd25519 });
  const key = await signatures.generate();
  const signed = await signatures.verify(key.publicKey, empty, await key.sign(empty));
  return [store.size, alike, signed, typeof openSimulation].join(" ");
};
`;
/** Genesis and one block, the same hash, a signature that verifies. */
export const allUsed = "2 true true function";

/** The same without the simulation, which reads CSV. */
export const usesFew = usesAll
  .replace('import { openSimulation } from "gridclear/simulation";', "")
  .replace("typeof openSimulation", '"few"');
export const fewUsed = "2 true true few";

/** The program that runs a `main` and prints its line. */
export const printing = (program) => `${program}\nmain().then((line) => console.log(line));\n`;

/** A page and its worker, both of which import the package; the names of the files are free. */
export const page = (script, worker, program = usesAll) => ({
  "index.html": `<!doctype html><script type="module" src="./${script}"></script>`,
  [script]: `
import { parsePrice } from "gridclear";
const worker = new Worker(new URL("./${worker}", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => { document.title = data + typeof parsePrice; };
`,
  [worker]: `${program}\nmain().then((line) => self.postMessage(line));\n`,
});
