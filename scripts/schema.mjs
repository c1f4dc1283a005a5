/** Writes the JSON Schemas of scenario and tariff files beside the compiled library that makes them. */
import { writeFileSync } from "node:fs";
import { tariffSchema } from "../dist/files/tarifffile.js";
import { scenarioSchema } from "../dist/simulation/scenariofile.js";

for (const [name, schema] of [
  ["scenario", scenarioSchema()],
  ["tariff", tariffSchema()],
]) {
  const file = new URL(`../dist/${name}.schema.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}
