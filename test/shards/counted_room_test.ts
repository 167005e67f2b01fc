/** Flows that were counted are looked at whole, in the room that flows leave with which something is wrong. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { type Form, formKey } from "../../src/analysis/correlate/identity.ts";
import {
  CountedForms,
  type FlowSummary,
  planOf,
  type Selection,
} from "../../src/analysis/shards/mod.ts";
import type { Batch } from "../../src/analysis/mod.ts";
import { decodeTsv } from "../../src/event/codec.ts";
import { headerOf, hopLine } from "../contract/lines.ts";

const formOfPort = (sourcePort: number): Form => ({
  ...{ network: "ip4", protocol: 17, source: "10.0.0.1", destination: "10.0.0.2" },
  ...{ sourcePort, destinationPort: 53 },
});
const keyOf = (port: number) => formKey(formOfPort(port));

function flow(port: number, events: number, loud: boolean): FlowSummary {
  const form = formOfPort(port);
  return { form, forms: [form], packets: 1, events, loud, marks: [], tunnels: [] };
}

const LOUD = 1;
const COUNTED = 2;
const COUNTED_LARGE = 3;
const QUIET = 4;
const flows = [
  flow(LOUD, 10, true),
  flow(COUNTED, 10, false),
  flow(COUNTED_LARGE, 100, false),
  flow(QUIET, 10, false),
];
const counted = new Set([keyOf(COUNTED), keyOf(COUNTED_LARGE)]);
const plan = (eventsMax?: number) => planOf([{ flows }], counted, eventsMax);

Deno.test("[D3] a flow that was counted is looked at whole though nothing is wrong with a packet", () => {
  equal(plan(), { whole: [LOUD, COUNTED, COUNTED_LARGE].map(keyOf), partial: [] });
});

Deno.test("[D4] what was counted gets the room that is left, and what does not fit is not told in part", () => {
  const of = (...ports: number[]): Selection => ({ whole: ports.map(keyOf), partial: [] });
  equal(plan(119), of(LOUD, COUNTED));
  equal(plan(19), of(LOUD));
  equal(plan(9), { whole: [], partial: [keyOf(LOUD)] });
});

Deno.test("[D3] a form is counted for as long as a batch counts it", () => {
  const batch = (port: number): Batch => ({
    header: headerOf({}),
    events: [{
      ...decodeTsv(hopLine(1)),
      ...{ kind: "counted", protocol: 17, source: "10.0.0.1", destination: "10.0.0.2" },
      ...{ sourcePort: port, destinationPort: 53 },
    }],
    states: [],
    refused: 0,
  });
  const [one, again, other] = [batch(1), batch(1), batch(2)];
  const forms = new CountedForms();
  const known = () => [1, 2].map((port) => forms.has(keyOf(port)));
  forms.take([one, again, other]);
  equal(known(), [true, true]);
  forms.take([again, other]);
  equal(known(), [true, true]);
  forms.take([other]);
  equal(known(), [false, true]);
  forms.take([one, other]);
  equal(known(), [true, true]);
});
