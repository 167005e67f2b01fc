/** What a hub does for one change among many flows: its time, and how much it sends. */
import type { Report } from "../../../src/event/report.ts";
import { encodeServerSentEvent } from "../../../src/event/sse.ts";
import { ReportText } from "../../../src/ingest/live/report_text.ts";
import { ReportTeller, spelled } from "../../../src/ingest/live/spelled.ts";
import { messagesOf } from "../../../src/ingest/live/told.ts";
import { eventsOf } from "../../../src/ingest/live/viewer.ts";
import { BusyIncident, type Size } from "./busy_incident.ts";

const CHANGES = 300;

/** Of one change, on average. */
export interface HubCost {
  /** The analyst's thread: to tell what is other in a report whose other flows are the same objects. */
  tellMs: number;
  /** The same where all flows are other objects that say the same. */
  tellAnewMs: number;
  /** The thread that answers: to keep it and to make its messages. */
  answerMs: number;
  /** Bytes to a viewer that asked for differences, and to one that did not. */
  briefBytes: number;
  wholeBytes: number;
}

/** The cost of a change in an incident of this size. */
export function hubCost(size: Size): HubCost {
  const incident = new BusyIncident(size);
  let report = incident.report();
  const teller = new ReportTeller();
  teller.next(report);
  const text = new ReportText(spelled(report));
  const cost = { tellMs: 0, tellAnewMs: 0, answerMs: 0, briefBytes: 0, wholeBytes: 0 };
  for (let i = 0; i < CHANGES; i++) {
    report = changed(report, i);
    const fromMs = performance.now();
    const change = teller.next(report)!;
    const toldMs = performance.now();
    text.apply(change);
    const messages = messagesOf(change, text).flatMap(eventsOf);
    const brief = messages.map(({ brief, ...whole }) => encodeServerSentEvent(brief ?? whole));
    cost.tellMs += (toldMs - fromMs) / CHANGES;
    cost.answerMs += (performance.now() - toldMs) / CHANGES;
    cost.briefBytes += brief.join("").length / CHANGES;
    cost.wholeBytes += messages.map(encodeServerSentEvent).join("").length / CHANGES;
  }
  const anew = structuredClone(report);
  const fromMs = performance.now();
  teller.next(anew);
  return { ...cost, tellAnewMs: performance.now() - fromMs };
}

/** A report in which one flow has had a packet more, and the node that saw it an event. */
function changed(report: Report, i: number): Report {
  const at = i * 7919 % report.flows.length;
  const flow = report.flows[at]!;
  const packets = { ...flow.packets, seen: flow.packets.seen + 1 };
  const node = report.nodes[i % report.nodes.length]!;
  return {
    ...report,
    flows: report.flows.with(at, { ...flow, packets }),
    nodes: report.nodes.with(i % report.nodes.length, { ...node, events: node.events + 1 }),
  };
}
