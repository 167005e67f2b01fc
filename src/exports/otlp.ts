/** A report as OpenTelemetry logs in OTLP's JSON: one record for each problem. */
import type { Problem, Report } from "../event/report.ts";
import { placeName } from "../words/place.ts";
import { problemEnd, problemOutcome, problemSize } from "../words/problem.ts";
import type { Export } from "./export.ts";
import { PLAIN, plural } from "./writing.ts";

const PLACE = { deviceMax: 64, netnsMax: 64, nodeMax: 64 };

/** Severity numbers of OpenTelemetry's log data model. */
const SEVERITY = {
  critical: [21, "FATAL"],
  major: [17, "ERROR"],
  minor: [13, "WARN"],
  unknown: [9, "INFO"],
} as const;

/** An `ExportLogsServiceRequest`, as `POST /v1/logs` of a collector takes it. */
export const otlp = {
  format: "otlp",
  mediaType: "application/json",
  write: (report: Report) =>
    JSON.stringify({
      resourceLogs: [{
        resource: { attributes: attributes({ "service.name": "lasthop" }) },
        scopeLogs: [{
          scope: { name: "lasthop.report", version: String(report.version) },
          logRecords: report.problems.map((problem) => record(problem, report)),
        }],
      }],
    }),
} as const satisfies Export;

function record(problem: Problem, { incident }: Report) {
  const { state, severity, outcome, cause, gap, lastHop, to, protocol } = problem;
  const { from, fromNames } = problem;
  // What is mended is no error any more.
  const [severityNumber, severityText] = state === "healed" ? [9, "INFO"] : SEVERITY[severity];
  const what = `${problemOutcome(problem, PLAIN)}: ${problemSize(problem, plural, PLAIN)} to ${
    problemEnd(problem, PLAIN)
  } at ${placeName(lastHop, PLAIN, PLACE)}`;
  const why = cause?.sentence ?? gap;
  return {
    timeUnixNano: nanoseconds(problem.firstAt),
    observedTimeUnixNano: nanoseconds(problem.healedAt ?? problem.lastAt),
    severityNumber,
    severityText,
    body: { stringValue: why === undefined ? what : `${what}. ${PLAIN.text(why, 2000)}` },
    attributes: attributes({
      "event.name": "lasthop.problem",
      "error.type": cause?.code ?? outcome,
      "network.transport": ["tcp", "udp"].includes(protocol) ? protocol : undefined,
      "network.type": to.address.includes(":") ? "ipv6" : "ipv4",
      "destination.address": to.address,
      "destination.port": to.port,
      "source.address": from.length === 1 ? from[0] : undefined,
      "host.name": lastHop.node,
      ...podWords(lastHop.pod),
      "container.name": lastHop.container,
      "lasthop.unit": lastHop.unit,
      "lasthop.destination.name": to.name,
      "lasthop.source.name": from.length === 1 ? fromNames?.[from[0]!] : undefined,
      "lasthop.incident": incident,
      "lasthop.problem.id": problem.id,
      "lasthop.problem.state": state,
      "lasthop.problem.severity": severity,
      "lasthop.outcome": outcome,
      "lasthop.direction": problem.direction,
      "lasthop.protocol": protocol,
      "lasthop.netns": lastHop.netns,
      "lasthop.device": lastHop.device,
      "lasthop.flows": problem.flows,
      "lasthop.clients": problem.clients,
      "lasthop.packets.seen": problem.packets.seen,
      "lasthop.packets.dropped": problem.packets.dropped,
      "lasthop.packets.vanished": problem.packets.vanished,
      // Between two places, by what was counted there: no packet that was told shows it.
      "lasthop.counted.packets": problem.counted?.packets,
      "lasthop.counted.lost": problem.counted?.lost,
    }),
  };
}

/** `shop/checkout-0` by the names of OpenTelemetry's conventions. */
function podWords(pod: string | undefined) {
  const slash = pod?.indexOf("/") ?? -1;
  if (pod === undefined || slash < 0) return {};
  return { "k8s.namespace.name": pod.slice(0, slash), "k8s.pod.name": pod.slice(slash + 1) };
}

/** OTLP writes 64-bit numbers as text. */
const nanoseconds = (timeOfDay: string): string => {
  const ms = Date.parse(timeOfDay);
  return Number.isNaN(ms) ? "0" : `${ms}000000`;
};

function attributes(values: Record<string, string | number | undefined>) {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{
      key,
      value: typeof value === "number"
        ? { intValue: String(value) }
        : { stringValue: PLAIN.text(value) },
    }]
  );
}
