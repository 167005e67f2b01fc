/**
 * Room `change`, after `view`: what changed on a node while it was watched.
 *
 * A part of a namespace's state as rows that can be compared: what each is, and what of it may change.
 * What changes by itself is left out: counters, what a bridge learns, neighbours that are confirmed
 * again, clients' sockets.
 */
import type { ChangedPart } from "../../event/report.ts";
import type { HeardPart } from "../../event/state_heard.ts";
import type { NetnsState } from "../../event/state.ts";
import { CLIENT_PORT_MIN } from "../kernel/sockets.ts";
import type { StatePart } from "../view/state_view.ts";

/** One thing of a part. */
export interface Row {
  /** Two readings mean the same thing by it. */
  key: string;
  /** As the node's tools print it. */
  what: string;
  /** What may change while it stays the same thing; "" where nothing may. */
  value: string;
  /** The device that it goes with: it comes and goes with that. */
  device?: string | undefined;
  /** That it comes or goes is no change: only what it is may change. */
  comesAndGoes?: boolean;
  /** The kernel tells nobody when it changes: iptables of the old kind. */
  isUnheard?: boolean;
}

/** How one part is compared. */
export interface Part {
  part: ChangedPart;
  /** Where one of these could not be read whole, a missing row proves nothing. */
  needs: readonly StatePart[];
  /** What the kernel tells of changes in it; absent: nothing. */
  heard?: HeardPart;
  rows(state: NetnsState): Row[];
}

/** An entry of a forwarding database with one of these was made by somebody, not learned. */
const LASTING = ["permanent", "static", "extern_learn"];

/** Every device has one, some seconds after it is up. */
const isLinkLocal = (text: string) => /^(fe80:|ff00::\/8|multicast )/.test(text);

/** All parts, in the order in which an engineer asks for them. */
export const PARTS: readonly Part[] = [
  {
    part: "link",
    needs: ["state", "links"],
    heard: "link",
    rows: ({ links }) =>
      links.map((link) => ({
        key: String(link.ifindex),
        what: link.name,
        value: [
          link.name,
          link.flags.includes("UP") ? "up" : "down",
          ...(link.flags.includes("UP") && !link.flags.includes("LOWER_UP") ? ["no carrier"] : []),
          `mtu ${link.mtu}`,
          ...(link.mac === undefined ? [] : [link.mac]),
          ...(link.masterIfindex === undefined
            ? []
            : [`master ${nameOf(links, link.masterIfindex)}`]),
          ...(link.bridgePort?.state === "disabled" || link.bridgePort?.state === "blocking"
            ? [`port ${link.bridgePort.state}`]
            : []),
          ...(link.xdp ?? []).map(({ id, name }) => `xdp ${name ?? id ?? ""}`),
        ].join(", "),
      })),
  },
  {
    part: "address",
    needs: ["state", "links"],
    heard: "address",
    rows: ({ links }) =>
      links.flatMap(({ name, addresses }) =>
        addresses.filter(({ address }) => !isLinkLocal(address)).map(({ address, prefix }) => ({
          key: `${name} ${address}/${prefix}`,
          what: `${address}/${prefix} dev ${name}`,
          value: "",
          device: name,
        }))
      ),
  },
  {
    part: "route",
    needs: ["state", "routes"],
    heard: "route",
    // Routes of the table `local` come and go with addresses.
    rows: ({ routes }) =>
      routes.filter((route) => route.table !== 255 && !isLinkLocal(route.destination)).map(
        (route) => {
          const ways = [route, ...route.nexthops ?? []].flatMap(({ gateway, device }) => [
            ...(gateway === undefined ? [] : [`via ${gateway}`]),
            ...(device === undefined ? [] : [`dev ${device}`]),
          ]);
          const key = [
            ...(route.type === "unicast" ? [] : [route.type]),
            route.destination,
            ...(route.table === 254 ? [] : [`table ${route.table}`]),
            ...(route.metric === undefined ? [] : [`metric ${route.metric}`]),
          ].join(" ");
          const value = [...ways, ...(route.mtu === undefined ? [] : [`mtu ${route.mtu}`])].join(
            " ",
          );
          // IPv6 may have several routes to one destination, which are one with several ways.
          const own = route.family === 6 ? `${key} ${value}` : key;
          return { key: own, what: `${key} ${value}`, value, device: route.device };
        },
      ),
  },
  {
    part: "routing-rule",
    needs: ["state", "rules"],
    heard: "rule",
    rows: ({ rules }) =>
      rules.map((rule) => {
        const { family, priority, source, destination, action, table, ...rest } = rule;
        const what = [
          `${priority}:`,
          ...(rule.inverted ? ["not"] : []),
          `from ${source ?? "all"}`,
          ...(destination === undefined ? [] : [`to ${destination}`]),
          ...(rest.mark === undefined ? [] : [`fwmark ${rest.mark}`]),
          ...(rest.inputDevice === undefined ? [] : [`iif ${rest.inputDevice}`]),
          ...(rest.outputDevice === undefined ? [] : [`oif ${rest.outputDevice}`]),
          action,
          ...(table === undefined ? [] : [String(table)]),
        ].join(" ");
        return { key: `${family} ${what} ${JSON.stringify(rest)}`, what, value: "" };
      }),
  },
  {
    part: "neighbour",
    needs: ["state", "neighbours"],
    heard: "neighbour",
    rows: ({ neighbours }) =>
      neighbours.filter(({ mac, proxy }) => mac !== undefined && !proxy).map((entry) => ({
        key: `${entry.address} ${entry.device}`,
        what: `${entry.address} dev ${entry.device}`,
        value: `${entry.mac}${entry.states.includes("PERMANENT") ? " permanent" : ""}`,
        comesAndGoes: true,
      })),
  },
  {
    part: "fdb",
    needs: ["state", "fdb"],
    // Only where a tunnel's frames go to: what a bridge learns comes and goes.
    rows: ({ fdb }) =>
      fdb.filter(({ destination }) => destination !== undefined).map((entry) => {
        const key = `${entry.mac} dev ${entry.device}` +
          (entry.vni === undefined ? "" : ` vni ${entry.vni}`);
        // All destinations of a flood entry are entries of one MAC.
        const isFlood = /^[0:]+$/.test(entry.mac);
        const value = `dst ${entry.destination}`;
        return {
          key: isFlood ? `${key} ${value}` : key,
          what: isFlood ? `${key} ${value}` : key,
          value: isFlood ? "" : value,
          device: entry.device,
          comesAndGoes: !isFlood && !entry.flags.some((flag) => LASTING.includes(flag)),
        };
      }),
  },
  {
    part: "sysctl",
    needs: ["state", "sysctls"],
    rows: ({ sysctls }) =>
      Object.entries(sysctls).filter(([name]) => !/_count$|\.mtu$/.test(name))
        .map(([name, value]) => ({ key: name, what: name, value, comesAndGoes: true })),
  },
  {
    part: "qdisc",
    needs: ["state", "qdiscs"],
    rows: ({ qdiscs }) =>
      qdiscs.map(({ device, parent, text }) => ({
        key: `${device} ${parent ?? "root"}`,
        what: `dev ${device}${parent === undefined ? "" : ` parent ${parent}`}`,
        value: text.replaceAll(/ (refcnt|direct_packets_stat) \d+/g, ""),
        device,
      })),
  },
  {
    part: "tc-filter",
    needs: ["state", "filters"],
    rows: ({ filters }) =>
      filters.map(({ device, where, text, actions }) => {
        const steady = text.replaceAll(/ (installed|used|firstused) \d+ sec\b/g, "");
        const what = `dev ${device} ${where} ${steady}`;
        return {
          key: what,
          what,
          value: actions.map(({ kind, control }) => `${kind} ${control ?? ""}`).join(", "),
          device,
        };
      }),
  },
  {
    part: "chain",
    needs: ["state", "netfilter", "chains"],
    heard: "netfilter",
    rows: ({ chains }) =>
      chains.filter(({ hook }) => hook !== undefined).map((chain) => ({
        key: `${chain.backend ?? ""} ${chain.family} ${chain.table} ${chain.name}`,
        what: `${chain.family} ${chain.table} ${chain.name}`,
        value: `policy ${chain.policy ?? "none"}`,
        isUnheard: chain.backend === "iptables-legacy",
      })),
  },
  {
    part: "netfilter-rule",
    needs: ["state", "netfilter", "iptables-legacy"],
    heard: "netfilter",
    // A row that stands for rules left out says nothing of a single one.
    rows: ({ netfilter }) =>
      netfilter.filter(({ elided }) => elided === undefined).map((rule) => {
        const what = rule.tool === "nft"
          ? `${rule.family} ${rule.table} ${rule.chain}: ${rule.text}`
          : `${rule.family === "ip6" ? "ip6tables" : "iptables"} -t ${rule.table} ${rule.text}`;
        const steady = what.replaceAll(/counter packets \d+ bytes \d+/g, "counter")
          .replaceAll(/\[\d+:\d+\] /g, "");
        const isUnheard = rule.tool === "iptables-legacy";
        return { key: `${rule.tool} ${steady}`, what: steady, value: "", isUnheard };
      }),
  },
  {
    part: "set",
    needs: ["state", "netfilter", "sets"],
    heard: "netfilter",
    rows: ({ sets }) =>
      sets.filter(({ truncated, elided }) => !truncated && elided === undefined)
        .flatMap(({ family, table, name, elements }) =>
          elements.map((element) => ({
            key: `${family} ${table} ${name} ${steadyElement(element)}`,
            what: `${family} ${table} ${name}: ${steadyElement(valueOf(element))}`,
            value: "",
          }))
        ),
  },
  {
    part: "socket",
    needs: ["state", "sockets"],
    rows: ({ sockets }) =>
      sockets.filter(({ protocol, port, state }) =>
        protocol === "tcp" ? state === "LISTEN" : state === "UNCONN" && port < CLIENT_PORT_MIN
      ).map(({ protocol, address, port, device }) => {
        const end = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
        const what = `${protocol} ${end}${device === undefined ? "" : ` dev ${device}`}`;
        return { key: what, what, value: "" };
      }),
  },
];

function nameOf(links: NetnsState["links"], ifindex: number): string {
  return links.find((link) => link.ifindex === ifindex)?.name ?? String(ifindex);
}

/** What is in the set, of an element that has more than its value: a limit, a comment, when it expires. */
const valueOf = (element: unknown): unknown =>
  (element as { elem?: { val?: unknown } } | null)?.elem?.val ?? element;

/** An element of a set without when it expires and what it counted. */
function steadyElement(element: unknown): string {
  return JSON.stringify(
    element,
    (key, value) => key === "expires" || key === "counter" ? undefined : value,
  );
}
