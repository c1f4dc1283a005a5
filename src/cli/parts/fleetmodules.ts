/** All of a fleet that commands use, in one module: only who runs a fleet has the packages that it needs. */
export { auditGrid } from "../../fleet/audit.js";
export { FleetClient } from "../../fleet/client.js";
export { beginFleet, gridsOf, openLine } from "../../fleet/line.js";
export { copiesOf, mendGrid } from "../../fleet/mend.js";
export { Names } from "../../fleet/names.js";
export { decodeOwn, encodeOwn, WorkerStore } from "../../fleet/ownstore.js";
export { fleetStatus } from "../../fleet/status.js";
export { Worker } from "../../fleet/worker.js";
export { checkMonitors, connectTo } from "./fleetline.js";
