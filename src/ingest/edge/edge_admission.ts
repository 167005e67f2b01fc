/** The admission port over an incident's hub, which counts what it acknowledges. */
import type { AdmissionPort, Wait } from "../intake/admission.ts";
import { type EdgeEnv, hubOf } from "./bindings.ts";

/** Asks the hub of each incident. */
export class EdgeAdmission implements AdmissionPort {
  constructor(readonly env: EdgeEnv) {}

  incidentWait(incident: string): Promise<Wait | null> {
    return hubOf(this.env, incident).incidentWait();
  }

  probeWait(incident: string, probe: string): Promise<Wait | null> {
    return hubOf(this.env, incident).probeWait(probe);
  }

  charge(): void {}
}
