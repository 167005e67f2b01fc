/** A probe and a viewer who have nothing to do with what somebody else does to the ingest. */
import { deepEqual, equal } from "node:assert/strict";
import { body, dropLine, hopLine } from "./lines.ts";
import { clientOf, figure, type Target } from "./target.ts";
import { Watcher } from "./watcher.ts";

const INCIDENT = "bystanders";

/**
 * Runs an attack beside a probe that sends and a viewer that watches: each batch must be accepted
 * and seen, over and over while the attack lasts and once after it. Nothing may fail inside.
 */
export async function unharmed(target: Target, attack: () => Promise<void>): Promise<void> {
  const root = clientOf(target);
  await root.createIncident({ id: INCIDENT });
  const { token } = await root.createToken(INCIDENT, { role: "probe" });
  const viewer = await root.createToken(INCIDENT, { role: "viewer" });
  const watcher = new Watcher(target, { incident: INCIDENT, token: viewer.token });
  const probe = clientOf(target, token);
  let sequence = 0;
  const goOn = async () => {
    const lines = [hopLine(sequence, sequence % 5), dropLine(sequence, sequence % 3)];
    const batch = body({ incident: INCIDENT, probe: "well", sequence }, ...lines);
    equal((await probe.postBatch(INCIDENT, batch)).accepted, 1);
    sequence += 1;
    await watcher.seen(2 * sequence);
  };
  try {
    let over = false;
    const attacking = attack().finally(() => over = true);
    // It is awaited below; until then a failure of it is not yet one of the test.
    attacking.catch(() => {});
    do await goOn(); while (!over);
    await attacking;
    await goOn();
    deepEqual(watcher.report, await clientOf(target, viewer.token).report(INCIDENT));
    equal(await figure(target, "failures_total"), 0);
  } finally {
    await watcher.leave();
  }
}
