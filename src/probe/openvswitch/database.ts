/** What the database of Open vSwitch has of bridges and ports: how they were meant to be. */
import { z } from "zod";
import type {
  OpenvSwitch,
  OpenvSwitchBridge,
  OpenvSwitchPort,
} from "../../event/state_openvswitch.ts";
import { map, rows, setOf, uuid } from "./ovsdb.ts";

/** The question. Of options nothing is asked: a tunnel's key for IPsec is one of them. */
export const QUESTION = [
  "Open_vSwitch",
  ...[
    ["Bridge", ["name", "fail_mode", "controller", "ports", "external_ids", "mirrors"]],
    ["Controller", ["_uuid", "target", "is_connected"]],
    ["Port", ["_uuid", "name", "interfaces", "tag", "trunks", "vlan_mode"]],
    ["Interface", ["_uuid", "name", "type", "error", "external_ids"]],
    ["Open_vSwitch", ["external_ids", "other_config"]],
    ["Mirror", ["_uuid", "output_port"]],
  ].map(([table, columns]) => ({ op: "select", table, where: [], columns })),
] as const;

const PortRow = z.object({
  _uuid: uuid,
  name: z.string(),
  interfaces: setOf(uuid),
  tag: setOf(z.number()),
  trunks: setOf(z.number()),
  vlan_mode: setOf(z.string()),
});

const Answer = z.tuple([
  rows(z.object({
    name: z.string(),
    fail_mode: setOf(z.string()),
    controller: setOf(uuid),
    ports: setOf(uuid),
    external_ids: map,
    mirrors: setOf(uuid),
  })),
  rows(z.object({ _uuid: uuid, target: z.string(), is_connected: z.boolean() })),
  rows(PortRow),
  rows(z.object({
    _uuid: uuid,
    name: z.string(),
    type: z.string(),
    error: setOf(z.string()),
    external_ids: map,
  })),
  rows(z.object({ external_ids: map, other_config: map })),
  rows(z.object({ _uuid: uuid, output_port: setOf(uuid) })),
]);

/** What is known with it. */
export type Meant = Pick<OpenvSwitch, "bridges" | "managers" | "idleMs"> & {
  /** Path of the socket of OVN's southbound database, where that is on this machine. */
  southbound?: string;
};

/** What is left in the database by who writes the flows. */
const MANAGERS: readonly [name: string, key: RegExp][] = [
  ["OVN", /^ovn-/],
  ["Antrea", /^antrea-/],
];

/** Adds it to bridges that the daemon shows. Throws where the answer is another than asked for. */
export function withDatabase(
  bridges: readonly OpenvSwitchBridge[],
  answer: unknown,
): Meant {
  const [{ rows: meant }, controllers, ports, interfaces, top, mirrors] = Answer.parse(answer);
  const outputOf = new Map(mirrors.rows.map((one) => [one._uuid, one.output_port]));
  const interfacesOf = new Map(ports.rows.map((port) => [port._uuid, port.interfaces]));
  const settingsOf = new Map(
    ports.rows.flatMap((port) => port.interfaces.map((id) => [id, portSettings(port)])),
  );
  const byId = new Map(interfaces.rows.map((one) => [one._uuid, one]));
  const keys = [...top.rows, ...meant, ...interfaces.rows].flatMap((one) => [
    ...one.external_ids.keys(),
  ]);
  const idle = top.rows.map(({ other_config: config }) => Number(config.get("max-idle")))
    .find((ms) => Number.isInteger(ms));
  const southbound = top.rows.map(({ external_ids: ids }) => ids.get("ovn-remote"))
    .map((remote) => /^unix:([^,]+)$/.exec(remote ?? "")?.[1]).find((path) => path !== undefined);
  return {
    ...(idle === undefined ? {} : { idleMs: idle }),
    ...(southbound === undefined ? {} : { southbound }),
    bridges: bridges.map((bridge) => {
      const own = meant.find(({ name }) => name === bridge.name);
      if (own === undefined) return bridge;
      const told = own.ports.flatMap((id) => interfacesOf.get(id) ?? [])
        .flatMap((id) => byId.get(id) ?? []);
      const known = new Map(told.map((one) => [one.name, one]));
      const shown = new Set(bridge.ports.map(({ name }) => name));
      const failMode = own.fail_mode[0];
      const outputs = own.mirrors.flatMap((id) => outputOf.get(id) ?? [])
        .flatMap((id) => interfacesOf.get(id) ?? []).flatMap((id) => byId.get(id)?.name ?? []);
      // The device of a tunnel's port serves other tunnels, too.
      const devices = bridge.ports.filter(({ name, type }) =>
        outputs.includes(name) && (type === "" || type === "system" || type === "internal")
      ).flatMap(({ device }) => device ?? []).slice(0, 64);
      return {
        ...bridge,
        ...(failMode === undefined ? {} : { failMode }),
        ...(devices.length === 0 ? {} : { mirrors: devices }),
        controllers: controllers.rows.filter(({ _uuid }) => own.controller.includes(_uuid))
          .slice(0, 16).map(({ target, is_connected: isConnected }) => ({ target, isConnected })),
        ports: [
          ...bridge.ports.map((port) => {
            const meant = known.get(port.name);
            const logical = meant?.external_ids.get("iface-id");
            return {
              ...port,
              ...(meant === undefined ? {} : settingsOf.get(meant._uuid)),
              ...(logical === undefined ? {} : { logical }),
            };
          }),
          ...told.filter(({ name, error }) => !shown.has(name) && error.length > 0)
            .map(({ name, type, error }) => ({ name, type: type || "system", error: error[0]! })),
        ],
      };
    }),
    managers: MANAGERS.filter(([, key]) => keys.some((one) => key.test(one))).map(([name]) => name),
  };
}

/** Ranges of VLANs that are told of a port: with more of them nothing is said. */
const RANGES_MAX = 64;

/** What is meant of a port's VLANs, and of several devices that are one port. */
function portSettings(port: z.infer<typeof PortRow>): Pick<OpenvSwitchPort, "vlan" | "bond"> {
  const [tag] = port.tag;
  const mode = port.vlan_mode[0] ?? (tag === undefined ? "trunk" : "access");
  const trunks: { id: number; idEnd?: number }[] = [];
  for (const id of port.trunks.toSorted((a, b) => a - b)) {
    const last = trunks.at(-1);
    if (last !== undefined && (last.idEnd ?? last.id) === id - 1) last.idEnd = id;
    else trunks.push({ id });
  }
  const vlan = {
    mode,
    ...(tag === undefined ? {} : { tag }),
    ...(trunks.length === 0 ? {} : { trunks }),
  };
  const carriesAll = mode === "trunk" && tag === undefined && trunks.length === 0;
  return {
    ...(carriesAll || trunks.length > RANGES_MAX ? {} : { vlan }),
    ...(port.interfaces.length > 1 ? { bond: port.name } : {}),
  };
}
