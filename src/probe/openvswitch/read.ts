/** Reads what the daemons of a namespace tell, without changing anything. */
import type {
  DatapathFlow,
  OpenvSwitch,
  OpenvSwitchBridge,
} from "../../event/state_openvswitch.ts";
import { Control } from "./control.ts";
import { type Daemon, daemonsOf } from "./daemons.ts";
import { type Meant, QUESTION, withDatabase } from "./database.ts";
import { withLogicalFlows } from "./logical_flows.ts";
import { type Flow, flowsIn } from "./datapath_flows.ts";
import { bridgesIn, type Datapath, datapathsIn } from "./shown.ts";
import {
  actionsEnd,
  destinationIn,
  isUnicast,
  sendsAloneTo,
} from "../../event/openvswitch_actions.ts";
import { tracedIn } from "./trace.ts";

/** Flows of a datapath up to which they are read: 10,000 are 6 MB, which the daemon's one thread makes. */
const FLOWS_MAX = 10_000;
const ANSWER_BYTES_MAX = 12 << 20;
/** Milliseconds that a flow lives where nobody said otherwise. */
const IDLE_MS = 10_000;
/** Flows that are told, and those that tables are asked about. */
const LOSING_MAX = 256;
const TRACED_MAX = 32;
/** Tables that are told of a flow: the last, which say what came of it. */
const STEPS_MAX = 8;

/** What is read, and what could not be. */
export interface Told {
  openvswitch?: OpenvSwitch;
  gaps: { what: string; why: string }[];
}

/** What a reading may take, and what is known of the namespace. */
export interface Question {
  /** Inode of the namespace. */
  netns: number;
  /** Paths of its control sockets, a line each. */
  paths: string;
  /** Devices that can't send: flows that lead to them are told. */
  down: ReadonlySet<string>;
  /** Link addresses of devices by their names. */
  macs: ReadonlyMap<string, string>;
  withinMs: number;
}

/** Nothing where the namespace has no daemon. Never rejects. */
export async function readOpenvswitch(question: Question): Promise<Told> {
  const daemons = daemonsOf(question.paths, question.netns);
  const told: Told = { gaps: [] };
  if (daemons.length === 0 && question.paths.trim() !== "") {
    told.gaps.push(gap("its control socket can't be reached"));
  }
  for (const daemon of daemons) {
    try {
      const one = await readDaemon(daemon, question, told.gaps);
      const before = told.openvswitch;
      told.openvswitch = before === undefined ? one : joined(before, one);
    } catch (error) {
      told.gaps.push(gap(wordsOf(error)));
    }
  }
  return told;
}

const gap = (why: string) => ({ what: "openvswitch", why });
const wordsOf = (error: unknown) => error instanceof Error ? error.message : String(error);

function joined(one: OpenvSwitch, other: OpenvSwitch): OpenvSwitch {
  const idleMs = Math.min(one.idleMs ?? IDLE_MS, other.idleMs ?? IDLE_MS);
  return {
    ...(idleMs === IDLE_MS ? {} : { idleMs }),
    bridges: [...one.bridges, ...other.bridges],
    datapaths: [...one.datapaths, ...other.datapaths],
    managers: [...new Set([...one.managers, ...other.managers])],
    ...(one.losing === undefined || other.losing === undefined
      ? {}
      : { losing: [...one.losing, ...other.losing].slice(0, LOSING_MAX) }),
  };
}

/** What one daemon tells. Rejects when it does not even tell its bridges. */
export async function readDaemon(
  daemon: Pick<Daemon, "control" | "database"> & Partial<Pick<Daemon, "socket">>,
  { down, macs, withinMs }: Pick<Question, "down" | "macs" | "withinMs">,
  gaps: Told["gaps"],
): Promise<OpenvSwitch> {
  const bounds = { withinMs, bytesMax: ANSWER_BYTES_MAX };
  using control = await Control.open(daemon.control, bounds);
  const datapaths = datapathsIn(await control.text("dpctl/show", []));
  const shown = bridgesIn(await control.text("dpif/show", []), datapaths);
  const read = readDatabase(daemon, shown, withinMs).catch((error): Meant => {
    gaps.push({ what: "openvswitch database", why: wordsOf(error) });
    return { bridges: shown, managers: [] };
  });
  const { southbound, ...meant } = await read;
  const told: OpenvSwitch = {
    ...meant,
    datapaths: datapaths.map(({ devices: _devices, ...datapath }) => datapath),
  };
  try {
    const losing: DatapathFlow[] = [];
    const mirrors = new Set(told.bridges.flatMap(({ mirrors = [] }) => mirrors));
    const own = new Map(
      told.bridges.flatMap(({ name }) => macs.has(name) ? [[name, macs.get(name)!]] : []),
    );
    for (const datapath of datapaths) {
      losing.push(...await losingOf(control, datapath, { down, mirrors, own }));
    }
    told.losing = losing.slice(0, LOSING_MAX);
    if (southbound !== undefined) {
      const socket = (path: string) => daemon.socket?.(path) ?? path;
      told.losing = await withLogicalFlows(told.losing, southbound, socket, bounds)
        .catch((error) => {
          gaps.push({ what: "OVN's southbound database", why: wordsOf(error) });
          return losing.slice(0, LOSING_MAX);
        });
    }
  } catch (error) {
    gaps.push({ what: "openvswitch flows", why: wordsOf(error) });
  }
  return told;
}

async function readDatabase(
  { database }: Pick<Daemon, "database">,
  bridges: OpenvSwitchBridge[],
  withinMs: number,
): Promise<Meant> {
  if (database === undefined) throw new Error("its socket can't be reached");
  using control = await Control.open(database, { withinMs, bytesMax: ANSWER_BYTES_MAX });
  return withDatabase(bridges, await control.ask("transact", QUESTION));
}

/** Flows by which packets come to nothing, those used last first, with the tables that made them. */
async function losingOf(
  control: Control,
  { name, flows, devices }: Datapath,
  ends: Ends,
): Promise<DatapathFlow[]> {
  if (flows > FLOWS_MAX) {
    throw new Error(`${name} has ${flows} flows, ${FLOWS_MAX} are read at most`);
  }
  const losing = flowsIn(await control.text("dpctl/dump-flows", ["-m", name]))
    .map((flow) => ({ ...flow, ...byDevices(flow, devices) }))
    .filter((flow) => isLosing(flow, ends))
    .sort((a, b) => a.usedS === b.usedS ? 0 : a.usedS - b.usedS)
    .slice(0, LOSING_MAX);
  const told: DatapathFlow[] = [];
  for (const { packet, match, packets, actions } of losing) {
    const steps = told.length < TRACED_MAX ? await stepsOf(control, name, packet, actions) : null;
    told.push({ datapath: name, match: clip(match), actions: clip(actions), packets, ...steps });
  }
  return told;
}

/** Ports by their devices, where the daemon numbers them. */
function byDevices(
  { match, actions }: Flow,
  devices: ReadonlyMap<number, string>,
): Pick<Flow, "match" | "actions"> {
  const named = (number: string) => devices.get(Number(number)) ?? number;
  return {
    match: match.replace(/\bin_port\((\d+)\)/, (_, number) => `in_port(${named(number)})`),
    actions: actions.replaceAll(
      /(^|,)(\d+)(?=,|$)/g,
      (_, before, number) => `${before}${named(number)}`,
    ),
  };
}

/** Devices at which a packet ends. */
interface Ends {
  /** They can't send. */
  down: ReadonlySet<string>;
  /** They get copies for mirrors. */
  mirrors: ReadonlySet<string>;
  /** Bridges' own devices, which take what is for their link address and what is flooded. */
  own: ReadonlyMap<string, string>;
}

/**
 * Whether packets may end by it: dropped, measured, handed to a controller and to no port, sent to a
 * device that can't send, or alone to where nobody is whom they are for: to mirrors, and to bridges' own
 * devices with another link address.
 */
function isLosing(
  { match, actions }: Pick<Flow, "match" | "actions">,
  { down, mirrors, own }: Ends,
): boolean {
  if (actionsEnd(actions) !== "sent" || /\bmeter\(/.test(actions)) return true;
  if (actions.split(",").some((action) => down.has(action))) return true;
  const mac = destinationIn(match);
  const flooded = mac === undefined || !isUnicast(mac)
    ? []
    : [...own].filter(([, theirs]) => theirs !== mac).map(([name]) => name);
  return sendsAloneTo(actions, new Set([...mirrors, ...flooded]));
}

/** Nothing where the tables say something else by now, or the daemon does not understand. */
async function stepsOf(
  control: Control,
  datapath: string,
  packet: string,
  actions: string,
): Promise<Pick<DatapathFlow, "steps" | "stepsInAll">> {
  const name = datapath.slice(datapath.indexOf("@") + 1);
  let traced;
  try {
    traced = tracedIn(await control.text("ofproto/trace", [name, packet]));
  } catch (error) {
    // What is wrong with the connection is so for all that follows.
    if (/no answer within|hung up/.test(wordsOf(error))) throw error;
    return {};
  }
  if (traced.actions === undefined || traced.steps.length === 0) return {};
  if (actionsEnd(actions) !== actionsEnd(traced.actions)) return {};
  const steps = traced.steps.slice(-STEPS_MAX).map((step) => ({
    ...step,
    ...(step.match === undefined ? {} : { match: clip(step.match) }),
    says: step.says.map(clip),
  }));
  return { steps, stepsInAll: traced.steps.length };
}

const clip = (text: string) => text.length <= 4000 ? text : `${text.slice(0, 3999)}…`;
