export { type Lab, labDown, type LabOptions, labUp } from "./lab.ts";
export { listIncidents } from "./incidents.ts";
export type { LabIncident } from "./scene.ts";
export type { Exchange } from "./traffic.ts";
