/** Writes the JSON Schema of scenario files beside the compiled library that makes it. */
import { writeFileSync } from "node:fs";
import { scenarioSchema } from "../dist/simulation/scenariofile.js";

const file = new URL("../dist/scenario.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(scenarioSchema(), null, 2)}\n`);
