import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import type { Exchange, Flow, Report } from "../report.ts";
import { matchesReported, narrowed, parseFilter, parseReportFilter, printFilter } from "./mod.ts";
import { matchesName, printName } from "./report_names.ts";

const NFT = { code: "netfilter-drop", sentence: "", confidence: "proven", evidence: [] } as const;

function hop(node: string, netns: string, device: string, more: Partial<Flow["lastHop"]> = {}) {
  const fixed = { ifindex: 2, deviceKind: "veth", stage: "device-rx", timeNs: "1" } as const;
  return { node, netns, device, ...fixed, ...more };
}

/** From a pod on n1 to a service, which is 10.244.3.9:8080 behind it, by a tunnel to n3. */
function flow(id: string, more: Partial<Flow> = {}): Flow {
  const encap = { kind: "vxlan", id: 1, source: "192.0.2.1", destination: "192.0.2.3" };
  const path = [
    hop("n1", "4026532281", "eth0", { pod: "shop/cart-1" }),
    hop("n1", "host", "flannel.1", { encap: { ...encap, destinationPort: 8472 } }),
    hop("n3", "host", "eth0"),
  ];
  return {
    id,
    protocol: "tcp",
    source: "10.244.1.7",
    sourcePort: 40_000,
    destination: "10.96.0.10",
    destinationPort: 80,
    translated: {
      source: "10.244.1.7",
      sourcePort: 40_000,
      destination: "10.244.3.9",
      destinationPort: 8080,
    },
    packets: { seen: 1, delivered: 0, dropped: 1, vanished: 0, unknown: 0, inFlight: 0 },
    outcome: "dropped",
    cause: { ...NFT, evidence: [] },
    path,
    lastHop: path.at(-1)!,
    ...more,
  };
}

const answered = (question: string, answer: string): Exchange => ({
  id: question,
  protocol: "tcp",
  client: { address: "10.244.1.7" },
  server: { address: "10.96.0.10" },
  outcome: "answered",
  sentence: "",
  question,
  answer,
  firstAt: "",
  lastAt: "",
});

const fits = (text: string, one = flow("a"), exchange?: Exchange) =>
  matchesReported(parseReportFilter(text), one, exchange);

Deno.test("a filter of a report matches what its words name, and the nearest other thing not", () => {
  const cases: [string, string][] = [
    ["", "not tcp"],
    ["node n3", "node n"],
    ["node n1 and node n3", "node n1 and node n2"],
    ["netns host", "netns hos"],
    ["netns 4026532281", "netns 402653228"],
    ["device flannel.1", "device flannel.*0"],
    ["device flan*", "device *flan"],
    ["pod shop/cart-1", "pod cart"],
    ["pod cart-1", "pod shop"],
    ["pod */cart-*", "pod shop*-2"],
    ["cause netfilter-drop", "cause no-listener"],
    ["cause no-* or netfilter-drop", "cause no-*"],
    ["outcome dropped", "outcome delivered or vanished"],
    ["outcome (delivered or dropped)", "outcome (delivered or vanished)"],
    ["outcome DROPPED", "device FLANNEL.1"],
    ["host 10.96.0.10 and port 80", "host 10.96.0.10 and port 8080"],
    ["host 10.244.3.9 and port 8080", "host 10.244.3.9 and port 80"],
    ["udp port 8472", "tcp port 8472"],
    ["not node n2", "not node n3"],
    ["not port 22", "not port 80"],
  ];
  for (const [yes, no] of cases) {
    equal(fits(yes), true, yes);
    equal(fits(no), false, no);
  }
});

Deno.test("the outcome of a flow in an exchange is the exchange's, and that of lost packets", () => {
  const exchange = answered("a", "b");
  const delivered = flow("a", { outcome: "delivered", cause: undefined });
  equal(fits("outcome answered", delivered, exchange), true);
  equal(fits("outcome delivered", delivered, exchange), false);
  equal(fits("outcome delivered", delivered), true);
  equal(fits("outcome dropped", flow("a"), exchange), true);
});

Deno.test("a report is narrowed to what fits, with what answers it and its problems", () => {
  const well = { outcome: "delivered", cause: undefined } as const;
  const flows = [
    flow("bad", { problems: ["p"] }),
    flow("question", well),
    flow("answer", { ...well, path: [hop("n9", "host", "eth0")] }),
    flow("alone", { ...well, source: "10.0.0.9" }),
    flow("reply", { ...well, source: "10.0.0.8", replyOf: "alone" }),
  ];
  const whole = {
    flows,
    exchanges: [answered("question", "answer")],
    problems: [{ id: "p" }, { id: "q" }],
  } as unknown as Report;
  const left = (text: string) => narrowed(whole, parseReportFilter(text));
  deepEqual(left("node n9").flows.map(({ id }) => id), ["question", "answer"]);
  deepEqual(left("host 10.0.0.9").flows.map(({ id }) => id), ["alone", "reply"]);
  deepEqual(left("outcome dropped").problems.map(({ id }) => id), ["p"]);
  deepEqual(left("outcome dropped").exchanges, []);
  equal(left(""), whole);
});

const REFUSED: [string, number, RegExp][] = [
  ["node", 5, /the filter ends, must be the name of a node/],
  ["node and tcp", 6, /"and" is not a name/],
  ["node n1 or n2", 12, /"n2" is not a keyword/],
  ["node n1 n2", 9, /follows a whole term/],
  ["cause netfilter-drp", 7, /is not the code of a cause, must be as netfilter-drop/],
  ["cause xyzzy", 7, /must be a code of `lasthop explain`/],
  ["outcome drop", 9, /is not an outcome, must be one of dropped, vanished/],
  ["outcome dropped or lost", 20, /"lost" is not a keyword/],
  ["src node n1", 5, /has no source or destination/],
  ["tcp node n1", 5, /does not go with "tcp"/],
  ['device "eth0', 8, /is not a name/],
  ["podns", 1, /"podns" is not a keyword, must be one of .*, outcome$/m],
];

Deno.test("a filter of a report that cannot be read is refused with its place", () => {
  for (const [text, column, words] of REFUSED) {
    throws(() => parseReportFilter(text), (error: Error) => {
      ok(error.message.includes(`at column ${column}:`), `${text}\n${error.message}`);
      ok(words.test(error.message), `${text}\n${error.message}`);
      return true;
    });
  }
});

Deno.test("a filter of packets refuses each word that only a report knows", () => {
  for (const word of ["node", "pod", "netns", "device", "cause", "outcome"]) {
    throws(
      () => parseFilter(`tcp and ${word} dropped`),
      /column 9: "\w+" can be asked of a report alone, must be one of host.*, sctp$/m,
    );
  }
});

Deno.test("names of any characters read back from the canonical text", () => {
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 })
    .map((one) => one.toWellFormed());
  const parts = fc.array(fc.oneof(name, fc.constant("")), { minLength: 1, maxLength: 4 })
    .filter((all) => all.length > 1 || all[0] !== "");
  fc.assert(fc.property(parts, (all) => {
    // Two stars beside each other are one.
    const canonical = all.filter((part, i) => part !== "" || i === 0 || i === all.length - 1);
    const text = `node ${printName(canonical)} or device ${printName(canonical)}`;
    equal(printFilter(parseReportFilter(text)), text);
    deepEqual(parseReportFilter(`pod ${printName(canonical)}`), {
      kind: "report",
      field: "pod",
      parts: canonical,
    });
    ok(matchesName(canonical, canonical.join("anything")));
  }));
});
