/** Retention by age: what has been closed for long enough is deleted, and the audit says so. */
import type { AuditLog } from "./access/audit.ts";
import type { Deps } from "./deps.ts";
import type { Incident } from "./stores/store.ts";

const DAY_MS = 24 * 3600 * 1000;

type ExpireDeps = Pick<Deps, "store" | "hub" | "clock" | "limits" | "log">;

/** Deletes what is due now; gives the ids. An import counts from when it arrived here. */
export async function expireIncidents(deps: ExpireDeps, audit: AuditLog): Promise<string[]> {
  const { store, hub, clock, limits } = deps;
  const keepMs = limits.closedKeepDays * DAY_MS;
  if (keepMs === 0) return [];
  const isDue = (incident: Incident | null) =>
    incident !== null && incident.closedMs !== null &&
    Math.max(incident.closedMs, incident.arrivedMs) + keepMs <= clock.wallMs();
  const expired: string[] = [];
  for (const listed of await store.listIncidents()) {
    const { id } = listed;
    // Another may have taken the name while the ones before it were deleted.
    if (!isDue(listed) || !isDue(await store.getIncident(id))) continue;
    await store.deleteIncident(id);
    hub.deleted(id);
    await audit.record({
      token: "ingest",
      role: null,
      action: "incident.expire",
      change: true,
      incident: id,
      subject: null,
      outcome: "ok",
    });
    expired.push(id);
  }
  return expired;
}

/** Looks now, and again every `sweepMs`, until the answer is called. */
export function keepExpiring(deps: ExpireDeps, audit: AuditLog): () => void {
  const { clock, limits, log } = deps;
  if (limits.closedKeepDays === 0) return () => {};
  let cancel = () => {};
  let stopped = false;
  const sweep = async () => {
    try {
      await expireIncidents(deps, audit);
    } catch (error) {
      log?.(`Cannot delete expired incidents: ${error}`);
    }
    if (!stopped) cancel = clock.after(limits.sweepMs, sweep);
  };
  cancel = clock.after(0, sweep);
  return () => {
    stopped = true;
    cancel();
  };
}
