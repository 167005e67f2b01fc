/** Drops before rules, sets and tables of thousands: what the analysis takes to say which one did it. */
import type { Event } from "../../../src/event/event.ts";
import {
  emptyState,
  type FdbEntry,
  type Neighbour,
  type NetfilterChain,
  type NetfilterRule,
  type NetfilterSet,
  type NetnsState,
  type Route,
} from "../../../src/event/state.ts";
import type { AnalysisInput, Batch } from "../../../src/analysis/mod.ts";
import { savedTables } from "../../../src/probe/state/iptables.ts";
import { rulesText } from "./lab.ts";

/** What a state has much of. */
export type Shape = "services" | "blocklist" | "map" | "entries";
export const SHAPES: readonly Shape[] = ["services", "blocklist", "map", "entries"];

/** Flows whose packets are dropped. */
const FLOWS = 50;
const SECOND_NS = 1_000_000_000n;

/** An incident on one node: packets that came in and were dropped, and two readings of `rows` rows. */
export function incidentOf(shape: Shape, rows: number): AnalysisInput {
  const states = [0n, 20n].map((second) => ({
    ...stateOf(shape, rows),
    timeNs: String(second * SECOND_NS),
  }));
  const events = Array.from({ length: FLOWS }, (_, flow) => dropped(shape, flow, rows)).flat();
  return {
    incident: "bench",
    batches: [{ header: HEADER, events, states, refused: 0 }],
    filter: "",
    closed: true,
    evicted: 0,
  };
}

const HEADER: Batch["header"] = {
  ...{ kind: "batch", version: 1, incident: "bench", node: "n1", probe: "p", sequence: 0 },
  ...{ kernel: "6.18.0", bpftrace: "0.17.0", netns: [], allNetns: true, filter: "" },
  scripts: ["device_rx", "device_tx", "drop"].map((name) => ({ name, state: "attached" })),
  ...{ attachedNs: "0", untilNs: String(60n * SECOND_NS), final: true },
  totals: { events: FLOWS * 2, lost: 0, refused: 0, evicted: 0 },
  clock: { monotonicNs: "0", wallMs: 0 },
};

function dropped(shape: Shape, flow: number, rows: number): Event[] {
  const spread = Math.floor(flow * rows / FLOWS);
  const came: Event = {
    ...{ kind: "device-rx", cpu: 0, skb: `a${flow}`, head: `b${flow}`, netns: 1, ifindex: 2 },
    ...{ device: "left", network: "ip4", protocol: 6, tcpFlags: 2, ipId: flow, payload: 0 },
    ...{ ttl: 64, length: 60, sourcePort: 4_000 + flow, destinationPort: 80 },
    source: shape === "blocklist" ? address(172 << 24, spread) : "10.1.0.2",
    destination: shape === "blocklist" ? "10.2.0.2" : address(10 << 24 | 96 << 16, spread),
    timeNs: 10n * SECOND_NS + BigInt(flow) * 1_000_000n,
  };
  const [where, reason] = shape === "entries"
    ? ["ip_error", "IP_INNOROUTES"]
    : ["nft_do_chain", "NETFILTER_DROP"];
  return [came, {
    ...came,
    ...{ kind: "drop", ttl: 63, function: where, reason, timeNs: came.timeNs + 1_000n },
  }];
}

const address = (base: number, i: number) => {
  const value = (base + i) >>> 0;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
};

function stateOf(shape: Shape, rows: number): NetnsState {
  const link = (ifindex: number, name: string, own: string) => ({
    ...{ ifindex, name, kind: "veth", flags: ["UP"], operstate: "UP", mtu: 1500 },
    addresses: [{ address: own, prefix: 24 }],
  });
  const state = emptyState(1, "0", {
    links: [link(2, "left", "10.1.0.1"), link(3, "right", "10.2.0.1")],
  });
  switch (shape) {
    case "services": {
      const { chains, rules } = savedTables(rulesText(rows), "ip", "iptables");
      return { ...state, chains, netfilter: [...rules, ...lastDrop] };
    }
    case "blocklist":
      return { ...state, chains: [FORWARD], netfilter: blocklist(rows) };
    case "map":
      return { ...state, chains: [MAP_FORWARD], netfilter: [mapRule], sets: [mapOf(rows)] };
    case "entries":
      return { ...state, ...entries(rows) };
  }
}

const FORWARD: NetfilterChain = {
  ...{ family: "ip", table: "filter", name: "FORWARD", backend: "nft", type: "filter" },
  ...{ hook: "forward", priority: 0, policy: "accept" },
};

const inForward = (position: number, text: string): NetfilterRule => ({
  ...{ family: "ip", table: "filter", chain: "FORWARD", tool: "iptables" },
  ...{ position, text: `-A FORWARD ${text}` },
});

const lastDrop = [inForward(2, "-p tcp -m tcp --dport 80 -j DROP")];

const blocklist = (rows: number) =>
  Array.from(
    { length: rows },
    (_, i) => inForward(i + 1, `-s ${address(172 << 24, i)}/32 -j DROP`),
  );

const MAP_FORWARD: NetfilterChain = {
  ...{ family: "ip", table: "kube-proxy", name: "filter-forward", backend: "nft" },
  ...{ type: "filter", hook: "forward", priority: -110, policy: "accept" },
};

const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } });

const mapRule: NetfilterRule = {
  ...{ family: "ip", table: "kube-proxy", chain: "filter-forward", tool: "nft" },
  ...{ handle: 1, position: 1, text: "ip daddr . meta l4proto . th dport vmap @services" },
  expressions: [{
    vmap: {
      key: { concat: [field("ip", "daddr"), { meta: { key: "l4proto" } }, field("th", "dport")] },
      data: "@services",
    },
  }],
};

const mapOf = (rows: number): NetfilterSet => ({
  ...{ family: "ip", table: "kube-proxy", name: "services", map: true },
  elements: Array.from({ length: rows }, (_, i) => [
    { concat: [address(10 << 24 | 96 << 16, i), "tcp", 80] },
    { drop: null },
  ]),
});

function entries(rows: number) {
  const routes = Array.from({ length: rows }, (_, i): Route => ({
    ...{ family: 4, table: 254, type: i % 2 ? "unicast" : "unreachable" },
    ...{ destination: `${address(10 << 24 | 96 << 16, i)}/32`, device: "right" },
  }));
  const neighbours = Array.from({ length: rows }, (_, i): Neighbour => ({
    ...{ address: address(10 << 24 | 2 << 16, i), device: "right", states: ["STALE"] },
    mac: "02:00:00:00:00:01",
  }));
  const fdb = Array.from({ length: rows }, (): FdbEntry => ({
    ...{ device: "right", mac: "02:00:00:00:00:01", flags: ["master"] },
  }));
  return { routes, neighbours, fdb };
}
