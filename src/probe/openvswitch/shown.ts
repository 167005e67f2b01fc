/** Bridges, ports and datapaths, from `dpif/show` and `dpctl/show`. */
import type { OpenvSwitch, OpenvSwitchBridge } from "../../event/state_openvswitch.ts";

/** A datapath, and the devices that its ports are. */
export type Datapath = OpenvSwitch["datapaths"][number] & { devices: Map<number, string> };

/**
 * `dpctl/show`: `system@ovs-system:`, then `  lookups: hit:9 missed:4 lost:0`, `  flows: 3` and a line
 * `  port 3: vxlan_sys_4789 (vxlan: packet_type=ptap)` for each port.
 */
export function datapathsIn(text: string): Datapath[] {
  const datapaths: Datapath[] = [];
  for (const line of text.split("\n")) {
    const head = /^(\S+):$/.exec(line)?.[1];
    if (head !== undefined) {
      datapaths.push({ name: head, hit: 0, missed: 0, lost: 0, flows: 0, devices: new Map() });
    }
    const last = datapaths.at(-1);
    if (last === undefined) continue;
    const lookups = /^\s+lookups: hit:(\d+) missed:(\d+) lost:(\d+)/.exec(line);
    if (lookups !== null) {
      [last.hit, last.missed, last.lost] = lookups.slice(1).map(Number) as Three;
    }
    const flows = /^\s+flows: (\d+)/.exec(line)?.[1];
    if (flows !== undefined) last.flows = Number(flows);
    const port = /^\s+port (\d+): (\S+)/.exec(line);
    if (port !== null) last.devices.set(Number(port[1]), port[2]!);
  }
  return datapaths;
}

type Three = [number, number, number];

/**
 * `dpif/show`: `system@ovs-system: hit:9 missed:4`, `  br0:` and a line for each port:
 * `    eth-int 2/none: (patch: peer=eth-ext)`, number of the bridge and of the datapath.
 */
export function bridgesIn(text: string, datapaths: readonly Datapath[]): OpenvSwitchBridge[] {
  const bridges: OpenvSwitchBridge[] = [];
  let datapath = "";
  for (const line of text.split("\n")) {
    datapath = /^(\S+): hit:/.exec(line)?.[1] ?? datapath;
    const name = /^ {2}(\S+):$/.exec(line)?.[1];
    if (name !== undefined) bridges.push({ name, datapath, controllers: [], ports: [] });
    const port = /^ {4}(\S+) (\d+)\/(\d+|none): ?(?:\(([^:)]*)(?:: (.*))?\))?$/.exec(line);
    if (port === null) continue;
    const [, own = "", number, inDatapath, type = "", options = ""] = port;
    const option = (word: string) => new RegExp(`(?:^|, )${word}=([^,]+)`).exec(options)?.[1];
    const device = datapaths.find((one) => one.name === datapath)?.devices.get(Number(inDatapath));
    const [peer, remote] = [option("peer"), option("remote_ip")];
    bridges.at(-1)?.ports.push({
      name: own,
      number: Number(number),
      type,
      ...(device === undefined ? {} : { device }),
      ...(peer === undefined ? {} : { peer }),
      ...(remote === undefined ? {} : { remote }),
    });
  }
  return bridges;
}
