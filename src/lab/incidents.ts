import { i1 } from "./i1.ts";
import { i4 } from "./i4.ts";
import type { Blueprint, LabIncident } from "./scene.ts";

export const blueprints: readonly Blueprint[] = [i1, i4];

export function listIncidents(): LabIncident[] {
  return blueprints.map(({ id, title, summary, variants }) => ({ id, title, summary, variants }));
}
