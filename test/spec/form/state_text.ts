/** A namespace's state as directives; `condense.ts` leaves out those a report does without. */
import type { Link, NetnsState } from "../../../src/event/state.ts";
import { isLoopback } from "../../../src/analysis/view/address.ts";
import { quoted } from "./words.ts";

export function stateText(state: NetnsState): string[] {
  return [
    ...orderedLinks(state).map((link) => linkText(state, link)),
    ...state.routes.filter(isPlainRoute).map((route) =>
      words(
        "route",
        route.type === "unicast" ? "" : route.type,
        /^(0\.0\.0\.0|::)\/0$/.test(route.destination) ? "default" : route.destination,
        pair("via", route.gateway),
        pair("dev", route.device),
        pair("src", route.source),
        route.table === 254 ? "" : `table ${route.table}`,
        pair("metric", route.metric),
        pair("mtu", route.mtu),
        ...route.flags ?? [],
        ...(route.nexthops ?? []).map((hop) =>
          words("nexthop", pair("via", hop.gateway), pair("dev", hop.device), ...hop.flags ?? [])
        ),
      )
    ),
    ...state.rules.filter((rule) => ![0, 32_766, 32_767].includes(rule.priority)).map((rule) =>
      words(
        `policy ${rule.priority}`,
        rule.inverted ? "not" : "",
        pair("from", rule.source),
        pair("to", rule.destination),
        pair("iif", rule.inputDevice),
        pair("fwmark", rule.mark),
        rule.action === "lookup" ? `lookup ${rule.table}` : rule.action,
        pair("suppress", rule.suppressPrefix),
      )
    ),
    ...state.neighbours.map((entry) =>
      words(
        `neigh ${entry.address} dev ${entry.device}`,
        pair("lladdr", entry.mac),
        ...entry.states,
        entry.proxy ? "proxy" : "",
      )
    ),
    ...state.fdb.map((entry) =>
      words(
        `fdb ${entry.mac} dev ${entry.device}`,
        pair("dst", entry.destination),
        pair("port", entry.port),
        pair("vni", entry.vni),
        pair("vlan", entry.vlan),
        pair("master", entry.master),
        ...entry.flags,
      )
    ),
    ...Object.entries(state.sysctls).map(([name, value]) => `sysctl ${name} ${quoted(value)}`),
    ...tables(state),
  ];
}

const words = (...list: string[]) => list.filter((word) => word !== "").join(" ");
const pair = (name: string, value: string | number | undefined) =>
  value === undefined ? "" : `${name} ${quoted(String(value))}`;

/** Link-local, multicast and loopback routes are there on every node and decide nothing. */
const isPlainRoute = (route: NetnsState["routes"][number]) =>
  route.table !== 255 && !/^(fe80|ff00)/.test(route.destination);

/** Bridges come before their ports, the loopback device only where it has addresses of its own. */
function orderedLinks(state: NetnsState): Link[] {
  const links = state.links.filter((link) =>
    link.kind !== "loopback" || link.addresses.some(({ address }) => !isLoopback(address))
  );
  const isPort = (link: Link) => Number(link.bridgePort !== undefined);
  return links.sort((a, b) => isPort(a) - isPort(b));
}

function linkText(state: NetnsState, link: Link): string {
  const bridge = state.links.find((other) => other.ifindex === link.masterIfindex);
  const up = !link.flags.includes("UP")
    ? "down"
    : link.flags.includes("LOWER_UP")
    ? ""
    : "nocarrier";
  const { tunnel, bridgePort: port } = link;
  return words(
    `link ${link.ifindex} ${link.name} ${link.kind}`,
    link.mac ?? "",
    ...link.addresses.filter((own) => !own.address.startsWith("fe80"))
      .map((own) => `${own.address}/${own.prefix}`),
    link.mtu === 1500 ? "" : `mtu ${link.mtu}`,
    up,
    link.peerIfindex === undefined
      ? ""
      : `peer ${link.peerIfindex}${link.peerNetns === undefined ? "" : `@${link.peerNetns}`}`,
    port ? pair("master", bridge?.name) : "",
    port && port.state !== "forwarding" ? `state ${port.state}` : "",
    port?.isolated ? "isolated" : "",
    port?.hairpin ? "hairpin" : "",
    port?.locked ? "locked" : "",
    link.bridge?.vlanFiltering ? "filtering" : "",
    link.vlans ? `vlans ${link.vlans.map(vlanText).join(",")}` : "",
    pair("xdp", link.xdp?.[0]?.id),
    link.macvlanMode === undefined ? "" : JSON.stringify({ macvlanMode: link.macvlanMode }),
    ...(tunnel
      ? [
        pair("id", tunnel.id),
        pair("local", tunnel.local),
        pair("remote", tunnel.remote),
        pair("port", tunnel.port),
        pair("underlay", tunnel.underlayNetns),
        tunnel.external ? "external" : "",
      ]
      : []),
  );
}

type Vlan = NonNullable<Link["vlans"]>[number];
const vlanText = (vlan: Vlan) =>
  `${vlan.id}${vlan.idEnd === undefined ? "" : `-${vlan.idEnd}`}${vlan.pvid ? ":pvid" : ""}`;

function tables(state: NetnsState): string[] {
  return [
    ...state.chains.map((chain) =>
      words(
        `chain ${chain.family} ${chain.table} ${chain.name}`,
        pair("type", chain.type),
        pair("hook", chain.hook),
        pair("priority", chain.priority),
        pair("dev", chain.device),
        pair("policy", chain.policy),
        pair("backend", chain.backend),
      )
    ),
    ...state.netfilter.map((rule) =>
      words(
        `rule ${rule.family} ${rule.table} ${rule.chain} ${rule.position} ${
          JSON.stringify(rule.text)
        }`,
        pair("packets", rule.packets),
        rule.tool === "nft" ? "" : `tool ${rule.tool}`,
        rule.expressions ? JSON.stringify({ expressions: rule.expressions }) : "",
      )
    ),
    ...state.sockets.map((socket) =>
      words(
        `socket ${socket.protocol}`,
        `${socket.family === 6 ? `[${socket.address}]` : socket.address}:${socket.port}`,
        socket.state,
        pair("queue", socket.receiveQueue),
        pair("limit", socket.sendQueue),
        pair("buffer", socket.receiveBuffer),
        pair("dev", socket.device),
      )
    ),
    ...state.qdiscs.filter((qdisc) => qdisc.kind !== "noqueue").map((qdisc) =>
      words(
        `qdisc ${qdisc.device} ${qdisc.kind} ${qdisc.handle}`,
        qdisc.drops === 0 ? "" : `drops ${qdisc.drops}`,
        pair("limit", qdisc.limit),
        pair("sent", qdisc.sent),
        qdisc.parent === "root" ? "" : pair("parent", qdisc.parent),
        pair("text", qdisc.text),
      )
    ),
    ...state.filters.map((filter) => {
      const [action] = filter.actions;
      return words(
        `filter ${filter.device} ${filter.where} ${filter.kind}`,
        pair("pref", filter.preference),
        pair("text", filter.text),
        action ? `action ${action.kind} ${action.control ?? "pass"}` : "",
        pair("drops", action?.drops),
      );
    }),
    ...(state.connections ? [`json ${JSON.stringify({ connections: state.connections })}`] : []),
    ...state.xfrm.map((text) => `xfrm ${JSON.stringify(text)}`),
    ...state.gaps.map((gap) => `gap ${gap.what} ${JSON.stringify(gap.why)}`),
  ];
}
