/** Changes of a namespace's state, as a remedy makes them: what the state would be after them. */
import type {
  FdbEntry,
  Link,
  NetfilterRule,
  NetfilterSet,
  NetnsState,
  Qdisc,
  Route,
  RoutingRule,
  TrafficControlFilter,
} from "../../../event/state.ts";
import type { Connection } from "../../../event/state_connections.ts";
import { ownRow, withoutRow } from "../../view/shortened.ts";
import type { Word } from "../word.ts";
import { withoutEntry } from "./listed.ts";

/**
 * One change that one command makes. What is changed is named by the object as it was read. `by`: the
 * command of the program that keeps the chain.
 */
export type Change =
  | { do: "delete-rule"; rule: NetfilterRule }
  | { do: "delete-element"; set: NetfilterSet; entry: string }
  | { do: "append-rule" | "insert-rule"; rule: NetfilterRule; by?: readonly Word[] }
  | { do: "set-sysctl"; name: string; value: number }
  | { do: "delete-route"; route: Route }
  | { do: "set-route-mtu"; route: Route; mtu: number }
  | { do: "delete-routing-rule"; rule: RoutingRule }
  | { do: "set-neighbour"; address: string; device: string; mac: string }
  | { do: "delete-neighbour"; address: string; device: string }
  | { do: "add-fdb" | "replace-fdb" | "delete-fdb"; entry: FdbEntry }
  | { do: "set-up"; device: string }
  | { do: "set-remote"; device: string; kind: string; remote: string }
  | { do: "set-mtu"; device: string; mtu: number }
  | { do: "set-mac"; device: string; mac: string }
  | { do: "set-master"; device: string; master: string }
  | { do: "set-port"; device: string; port: Partial<NonNullable<Link["bridgePort"]>> }
  /** `self`: of the bridge's own device, which is none of its ports. */
  | { do: "allow-vlan"; device: string; id: number; self?: true; untagged?: boolean }
  | { do: "delete-filters"; filter: TrafficControlFilter; side: string }
  | { do: "detach-xdp"; device: string; mode: string }
  | { do: "delete-root-qdisc"; qdisc: Qdisc }
  | { do: "delete-connection"; connection: Connection }
  | { do: "set-macvlan-mode"; device: string; kind: string; mode: "bridge" }
  | { do: "add-macvlan"; parent: Link; name: string }
  | { do: "add-route"; route: Route };

/** The state after these changes, one after another; the one given stays as it is. */
export function applied(state: NetnsState, changes: readonly Change[]): NetnsState {
  return changes.reduce(one, state);
}

function one(state: NetnsState, change: Change): NetnsState {
  switch (change.do) {
    case "delete-rule":
      return withoutRule(state, change.rule);
    case "delete-element": {
      const less = withoutEntry(change);
      const own = ownRow(state.sets, change.set);
      return { ...state, sets: state.sets.map((set) => set === own ? less : set) };
    }
    case "append-rule":
    case "insert-rule":
      return { ...state, netfilter: withRule(state.netfilter, change) };
    case "set-sysctl":
      return withSysctl(state, change.name, change.value);
    case "delete-route":
      return { ...state, routes: withoutRow(state.routes, change.route) };
    case "set-route-mtu": {
      const { mtu } = change;
      const route = ownRow(state.routes, change.route);
      return {
        ...state,
        routes: state.routes.map((each) => each === route ? { ...each, mtu } : each),
      };
    }
    case "delete-routing-rule":
      return { ...state, rules: withoutRow(state.rules, change.rule) };
    case "delete-neighbour":
      return {
        ...state,
        neighbours: state.neighbours.filter((entry) =>
          entry.address !== change.address || entry.device !== change.device
        ),
      };
    case "set-neighbour": {
      const { address, device, mac } = change;
      const others = state.neighbours.filter((entry) =>
        entry.address !== address || entry.device !== device
      );
      return { ...state, neighbours: [...others, { address, device, mac, states: ["PERMANENT"] }] };
    }
    case "add-fdb":
      return { ...state, fdb: [...state.fdb, change.entry] };
    case "replace-fdb": {
      const { device, mac } = change.entry;
      const others = state.fdb.filter((entry) => entry.device !== device || entry.mac !== mac);
      return { ...state, fdb: [...others, change.entry] };
    }
    case "delete-fdb":
      return { ...state, fdb: state.fdb.filter((entry) => !isSameEntry(entry, change.entry)) };
    case "delete-filters": {
      const { device, where, preference } = change.filter;
      const others = state.filters.filter((each) =>
        each.device !== device || each.where !== where || each.preference !== preference
      );
      return { ...state, filters: others };
    }
    case "delete-root-qdisc": {
      const { device } = change.qdisc;
      return { ...state, qdiscs: state.qdiscs.filter((each) => each.device !== device) };
    }
    case "delete-connection":
      return {
        ...state,
        connections: state.connections?.filter((each) => each !== change.connection),
      };
    case "add-route":
      return { ...state, routes: [...state.routes, change.route] };
    case "add-macvlan":
      return { ...state, links: [...state.links, macvlanOn(change.parent, change.name)] };
    default:
      return { ...state, links: state.links.map((link) => changedLink(link, change, state)) };
  }
}

/** A new device; its number is nobody's. */
const macvlanOn = ({ ifindex, mtu }: Link, name: string): Link => ({
  ...{ ifindex: -1, name, kind: "macvlan", mtu, flags: [], operstate: "DOWN", addresses: [] },
  ...{ peerIfindex: ifindex, macvlanMode: "bridge" },
});

/**
 * The kernel knows an entry by these alone. A bridge that is told no VLAN deletes the entries of all VLANs
 * (`br_fdb_delete`), as it makes one for each of them.
 */
const isSameEntry = (a: FdbEntry, b: FdbEntry): boolean =>
  a.mac === b.mac && a.device === b.device && a.master === b.master &&
  (a.vlan === b.vlan || (b.vlan === undefined && b.master !== undefined)) &&
  (b.destination === undefined || a.destination === b.destination);

type LinkChange = Extract<Change, { device: string }>;

function changedLink(link: Link, change: LinkChange, state: NetnsState): Link {
  if (link.name !== change.device) return link;
  switch (change.do) {
    case "set-up":
      return { ...link, flags: [...new Set([...link.flags, "UP"])] };
    case "set-mtu":
      return { ...link, mtu: change.mtu };
    case "set-remote":
      return { ...link, tunnel: { ...link.tunnel, remote: change.remote } };
    case "set-mac":
      return { ...link, mac: change.mac };
    case "set-master":
      return {
        ...link,
        masterIfindex: state.links.find(({ name }) => name === change.master)?.ifindex,
      };
    case "set-port":
      return link.bridgePort
        ? { ...link, bridgePort: { ...link.bridgePort, ...change.port } }
        : link;
    case "detach-xdp":
      return { ...link, xdp: link.xdp?.filter(({ mode }) => mode !== change.mode) };
    case "set-macvlan-mode":
      return { ...link, macvlanMode: change.mode };
    case "allow-vlan":
      return {
        ...link,
        vlans: [
          ...link.vlans ?? [],
          { id: change.id, ...(change.untagged ? { untagged: true } : {}) },
        ],
      };
    default:
      return link;
  }
}

const shortened = new WeakMap<NetfilterRule, WeakMap<NetnsState, NetnsState>>();

/** Made once for each rule: many packets die of one, and what is read of its state is kept by it. */
function withoutRule(state: NetnsState, rule: NetfilterRule): NetnsState {
  const known = shortened.get(rule) ?? new WeakMap<NetnsState, NetnsState>();
  shortened.set(rule, known);
  const made = known.get(state) ?? { ...state, netfilter: withoutRow(state.netfilter, rule) };
  known.set(state, made);
  return made;
}

function withRule(
  rules: readonly NetfilterRule[],
  { do: how, rule }: Extract<Change, { do: "append-rule" | "insert-rule" }>,
): NetfilterRule[] {
  const places = rules.filter(({ tool, family, table, chain }) =>
    tool === rule.tool && family === rule.family && table === rule.table && chain === rule.chain
  ).map(({ position }) => position);
  // Half a place before the first, so that no other rule has to be counted anew.
  const position = how === "append-rule" ? Math.max(0, ...places) + 1 : 0.5;
  return [...rules, { ...rule, position }];
}

/** What the kernel sets with it: switching forwarding on or off does so for every device. */
function withSysctl(state: NetnsState, name: string, value: number): NetnsState {
  const { sysctls, conntrack } = state;
  if (name === "net.netfilter.nf_conntrack_max") {
    return { ...state, conntrack: conntrack && { ...conntrack, max: value } };
  }
  const all =
    /^net\.(ipv4\.(?:ip_forward|conf\.all\.forwarding)|ipv6\.conf\.all\.(?:forwarding|disable_ipv6))$/
      .exec(name);
  if (!all) return { ...state, sysctls: { ...sysctls, [name]: String(value) } };
  const [family, setting] = all[1]!.startsWith("ipv4")
    ? ["ipv4", "forwarding"]
    : ["ipv6", all[1]!.split(".").at(-1)!];
  const follows = (key: string) =>
    key === name || key === "net.ipv4.ip_forward" && family === "ipv4" ||
    key.startsWith(`net.${family}.conf.`) && key.endsWith(`.${setting}`);
  const set = Object.entries(sysctls).map(([key, old]) => [
    key,
    follows(key) ? String(value) : old,
  ]);
  return { ...state, sysctls: Object.fromEntries([...set, [name, String(value)]]) };
}
