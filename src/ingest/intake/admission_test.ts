import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { Admission, type AdmissionLimits } from "./admission.ts";

const NO_LIMITS: AdmissionLimits = {
  probeEventsPerSecond: 1e9,
  probeBytesPerSecond: 1e12,
  incidentEventsPerSecond: 1e9,
  incidentBytesPerSecond: 1e12,
  accountEventsPerSecond: 1e9,
  accountBytesPerSecond: 1e12,
  burstSeconds: 2,
};

function admissionOf(limits: Partial<AdmissionLimits>) {
  const clock = new FakeClock();
  return { clock, admission: new Admission({ ...NO_LIMITS, ...limits }, clock) };
}

const load = (events: number, bytes = 0) => ({ events, bytes });

Deno.test("admission: after silence a burst, then the debt is waited off, to the second", async () => {
  const { admission, clock } = admissionOf({ probeEventsPerSecond: 100 });
  equal(admission.probeWait("i", "p"), null);
  admission.charge("i", "p", load(200));
  equal(admission.probeWait("i", "p"), null, "the burst is used up, and not more than that");
  admission.charge("i", "p", load(250));
  deepEqual(admission.probeWait("i", "p"), { scope: "probe", seconds: 3 });
  equal(admission.probeWait("i", "other"), null);
  equal(admission.probeWait("j", "p"), null);
  await clock.advance(2_400);
  deepEqual(admission.probeWait("i", "p"), { scope: "probe", seconds: 1 });
  await clock.advance(100);
  equal(admission.probeWait("i", "p"), null);
});

Deno.test("admission: an incident and all together are held back by their own limits", () => {
  const byIncident = admissionOf({ incidentBytesPerSecond: 1000 }).admission;
  byIncident.charge("i", "p", load(1, 4000));
  deepEqual(byIncident.incidentWait("i"), { scope: "incident", seconds: 2 });
  equal(byIncident.incidentWait("j"), null);
  const byAccount = admissionOf({ accountEventsPerSecond: 10 }).admission;
  byAccount.charge("i", "p", load(30));
  deepEqual(byAccount.incidentWait("j"), { scope: "account", seconds: 1 });
});

Deno.test("admission: over any time no more is let in than burst, rate and one body each", async () => {
  const step = fc.record({ pauseMs: fc.nat(3000), events: fc.nat(400) });
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
    const { admission, clock } = admissionOf({ incidentEventsPerSecond: 100 });
    let came = 0;
    let largest = 0;
    for (const { pauseMs, events } of steps) {
      await clock.advance(pauseMs);
      const wait = admission.incidentWait("i");
      if (wait !== null) {
        // Who comes back when told to is let in.
        await clock.advance(wait.seconds * 1000);
        equal(admission.incidentWait("i"), null);
      }
      admission.charge("i", "p", load(events));
      came += events;
      largest = Math.max(largest, events);
      const most = 100 * (2 + clock.monotonicMs() / 1000) + largest;
      ok(came <= most + 1e-6, `${came} came, at most ${most} may`);
    }
  }));
});

Deno.test("admission: looking costs nothing, and buckets are bounded", () => {
  const { admission } = admissionOf({ probeEventsPerSecond: 1 });
  for (let i = 0; i < 100; i++) admission.probeWait("i", `looked-${i}`);
  equal(admission.buckets, 0);
  for (let i = 0; i < 30_000; i++) admission.charge("i", `p-${i}`, load(9));
  equal(admission.buckets, 20_000);
  equal(admission.probeWait("i", "p-0"), null, "forgotten, so full");
  ok(admission.probeWait("i", "p-29999") !== null);
});
