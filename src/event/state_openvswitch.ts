/** Open vSwitch as its daemon tells it: what lies between two devices of a namespace. */
import { z } from "zod";

const name = z.string().max(255);
const text = z.string().max(4000);
const int = z.number().int();

/** A port of a bridge. Tunnels and patch ports are no devices: they are here alone. */
export const OpenvSwitchPort = z.object({
  name,
  /** Number by which flows name it. Absent: it has none, because of an error. */
  number: int.optional(),
  /** `system`, `internal`, `patch`, `vxlan`, `geneve` …, or another of the daemon's words. */
  type: name,
  /** Device by which the kernel's datapath has it; several tunnels share one. Absent for patches. */
  device: name.optional(),
  /** Of a patch port: the port at its other end. */
  peer: name.optional(),
  /** Of a tunnel: where it leads, an address or `flow`. */
  remote: name.optional(),
  /** VLANs that it carries. Absent: all, or too many to tell. */
  vlan: z.object({
    /** `access`, `trunk`, `native-tagged`, `native-untagged`, `dot1q-tunnel`. */
    mode: name,
    /** Of an access port its VLAN, of others that of frames without a tag. */
    tag: int.optional(),
    /** Absent: all. */
    trunks: z.array(z.object({ id: int, idEnd: int.optional() })).max(64).optional(),
  }).optional(),
  /** Several devices are one port: its name. */
  bond: name.optional(),
  /** What kept the daemon from making it. */
  error: z.string().max(500).optional(),
  /** Name that a controller knows it by, as OVN's logical port. */
  logical: name.optional(),
});

/** A bridge. */
export const OpenvSwitchBridge = z.object({
  name,
  /** `system@ovs-system`. */
  datapath: name,
  /** `secure`: what no flow matches is dropped. Absent: not told, or the default. */
  failMode: name.optional(),
  /** OpenFlow controllers that it is told to connect to. */
  controllers: z.array(z.object({ target: name, isConnected: z.boolean() })).max(16),
  ports: z.array(OpenvSwitchPort).max(5_000),
  /** Devices that get copies alone, as a mirror's output port does. Absent: none. */
  mirrors: z.array(name).max(64).optional(),
});

/** What OVN made a flow of, by its databases. */
export const LogicalFlow = z.object({
  /** Stage of the logical pipeline: `ls_out_acl_eval`. */
  stage: name,
  match: text,
  /** Switches and routers that it is a flow of, by their names. */
  datapaths: z.array(name).max(8),
  /** The ACL that it was made of. */
  acl: z.object({
    name: name.optional(),
    direction: name,
    priority: int,
    match: text,
    action: name,
  }).optional(),
});

/** A table's answer, as `ofproto/trace` prints it. */
export const OpenvSwitchStep = z.object({
  bridge: name,
  table: int,
  /** Absent: no flow of the table matched. */
  match: text.optional(),
  priority: int.optional(),
  /** `0x1a`; absent: 0. */
  cookie: name.optional(),
  /** Actions of the flow, and what the daemon notes of them: ` >> Nonexistent output port`. */
  says: z.array(text).max(16),
  /** What OVN made the flow of. Absent: it is none of OVN's, or nobody on this machine knows. */
  logical: LogicalFlow.optional(),
});

/** A flow of the datapath by which packets come to nothing, or may. */
export const DatapathFlow = z.object({
  datapath: name,
  /** Fields that it looks at, in the words of `ovs-dpctl`, others left out. */
  match: text,
  /** `drop`; ports are named by their devices. */
  actions: text,
  packets: int,
  /**
   * The last tables that chose these actions, asked of the daemon for a packet that the flow matches.
   * Absent: not asked, or the tables say something else by now.
   */
  steps: z.array(OpenvSwitchStep).max(8).optional(),
  /** Tables that were asked in all. */
  stepsInAll: int.optional(),
});

/** All that was read of the daemons in one namespace. */
export const OpenvSwitch = z.object({
  bridges: z.array(OpenvSwitchBridge).max(500),
  datapaths: z.array(z.object({
    name,
    /** Packets that a flow matched, that none did, and that did not get to the daemon. */
    hit: int,
    missed: int,
    lost: int,
    /** Flows in all. */
    flows: int,
  })).max(16),
  /**
   * Flows by which packets come to nothing, or to mirrors alone, those used last first. Absent: could
   * not be read.
   */
  losing: z.array(DatapathFlow).max(256).optional(),
  /** Milliseconds that a flow lives after its last packet, where it is not the default of 10,000. */
  idleMs: int.optional(),
  /** Who writes the flows, as far as it left its name: `OVN`, `Antrea`. */
  managers: z.array(name).max(8),
});

export type OpenvSwitchPort = z.infer<typeof OpenvSwitchPort>;
export type OpenvSwitchBridge = z.infer<typeof OpenvSwitchBridge>;
export type LogicalFlow = z.infer<typeof LogicalFlow>;
export type OpenvSwitchStep = z.infer<typeof OpenvSwitchStep>;
export type DatapathFlow = z.infer<typeof DatapathFlow>;
export type OpenvSwitch = z.infer<typeof OpenvSwitch>;
