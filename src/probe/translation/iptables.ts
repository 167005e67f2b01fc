/** NAT rules as `iptables-save` prints them. */
import { parseSubnet } from "../../event/filter/address.ts";
import {
  type Action,
  ALL_BITS,
  type Case,
  portNumber,
  protocolNumber,
  type Where,
} from "./rule.ts";

/**
 * What a rule may do: one case, or none where it translates nothing, marks nothing and jumps nowhere.
 * `text` is the line of iptables-save (1.8) from `-A` on. A condition that is not understood counts
 * as one that always holds.
 */
export function iptablesCases(text: string): Case[] {
  const words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const where: { -readonly [key in keyof Where]: Where[key] } = {};
  const target: Target = { name: "" };
  let isExact = true;
  let module = "";
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const value = words[i + 1] ?? "";
    const read = (words[i - 1] === "!" ? NEGATED : CONDITIONS).get(word);
    const part = TARGETS.get(word);
    if (word === "--mark" && module !== "mark") {
      isExact = false;
    } else if (read !== undefined) {
      if (!read(where, value)) isExact = false;
      i++;
    } else if (part !== undefined) {
      target[part] = value;
      i++;
    } else if (word === "--restore-mark") {
      target.restores = true;
    } else if (word === "-A" || word === "--comment") {
      i++;
    } else if (word === "-m") {
      if (!/^(comment|mark|tcp|udp)$/.test(value)) isExact = false;
      module = value;
      i++;
    } else if (word !== "!") {
      isExact = false;
    }
  }
  if (where.ports?.length === 0) delete where.ports;
  return actionsOf(target, isExact).map((action) => ({ where, action }));
}

/** What a rule does, as its options say. */
interface Target {
  name: string;
  to?: string;
  toPort?: string;
  mark?: string;
  bits?: string;
  restores?: boolean;
}

const TARGETS = new Map<string, Exclude<keyof Target, "restores">>([
  ...[["-j", "name"], ["-g", "name"], ["--to-destination", "to"]] as const,
  ...[["--to-source", "to"], ["--to-ports", "toPort"], ["--set-xmark", "mark"]] as const,
  ...[["--set-mark", "mark"], ["--nfmask", "bits"]] as const,
]);

/** Puts an option's value into what a rule asks; false where it asks more than that. */
type Read = (where: { -readonly [key in keyof Where]: Where[key] }, value: string) => boolean;

const isSource: Read = (where, value) => {
  const network = parseSubnet(value);
  if (network !== null) where.sources = [[network]];
  return network !== null;
};

const isDestination: Read = (where, value) => {
  if (isHost(value)) {
    where.destinations = [value.replace(/\/(32|128)$/, "")];
    return true;
  }
  const network = parseSubnet(value);
  if (network !== null) where.to = [[network]];
  return network !== null;
};

const hasMark = (is: boolean): Read => (where, value) => {
  const mark = markOf(value);
  if (mark !== null) where.marks = [{ ...mark, is }];
  return mark !== null;
};

const CONDITIONS = new Map<string, Read>([
  ["-s", isSource],
  ["--source", isSource],
  ["-d", isDestination],
  ["--destination", isDestination],
  ["--mark", hasMark(true)],
  ["--dst-type", (where, value) => {
    if (value === "LOCAL") where.isLocal = true;
    return false;
  }],
  ["--src-type", (where, value) => {
    if (value === "LOCAL") where.isLocalSource = true;
    return false;
  }],
  ["-p", (where, value) => {
    where.protocols = some(protocolNumber(value));
    return false;
  }],
  ["--dport", (where, value) => {
    where.ports = some(portNumber(value));
    return false;
  }],
  ["--dports", (where, value) => {
    where.ports = value.split(",").flatMap((port) => some(portNumber(port)) ?? []);
    return false;
  }],
  ["-o", (where, value) => {
    where.outputDevice = value;
    return false;
  }],
]);

/** The same after `!`; of other options the value is left out with them. */
const NEGATED = new Map<string, Read>([
  ...[...CONDITIONS.keys()].map((word): [string, Read] => [word, () => false]),
  ["-s", (where, value) => {
    const network = parseSubnet(value);
    if (network !== null) where.notSources = [network];
    return network !== null;
  }],
  ["-d", (where, value) => {
    const network = parseSubnet(value);
    if (network !== null) where.notTo = [network];
    return network !== null;
  }],
  ["--mark", hasMark(false)],
]);

/** `0x4000/0x4000`, `0x1`; null for anything else. */
function markOf(text: string): { value: number; mask: number } | null {
  const match = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/.exec(text);
  return match ? { value: Number(match[1]), mask: Number(match[2] ?? ALL_BITS) } : null;
}

const some = (value: number | undefined) => value === undefined ? undefined : [value];

/** True for a single address. A network does not say which of its addresses a packet has. */
const isHost = (value: string) => !value.includes("/") || /\/(32|128)$/.test(value);

function actionsOf(
  { name, to, toPort, mark, bits, restores }: Target,
  isExact: boolean,
): Action[] {
  switch (name) {
    case "DNAT": {
      const { address, port } = endPoint(to ?? "");
      return address === undefined && port === undefined
        ? []
        : [{ do: "destination", address, port }];
    }
    case "REDIRECT":
      return [{ do: "destination", port: portNumber(toPort?.split("-")[0]) }];
    case "SNAT": {
      const { address } = endPoint(to ?? "");
      return address === undefined ? [] : [{ do: "source", address }];
    }
    case "MASQUERADE":
      return [{ do: "source" }];
    case "MARK":
      return marking(mark);
    case "CONNMARK":
      return restores ? marking(bits) : [];
    case "RETURN":
    case "ACCEPT":
      return isExact ? [{ do: "leave" }] : [];
    default:
      return /^(|DROP|LOG|CT|NOTRACK|TPROXY|REJECT)$/.test(name)
        ? []
        : [{ do: "jump", chain: name }];
  }
}

/** Sets bits of the mark; all of them may be where which ones is not told. */
const marking = (value = ""): Action[] => [
  { do: "mark", bits: markOf(value)?.value ?? ALL_BITS },
];

/** `10.0.0.1`, `10.0.0.1:80`, `[fd00::1]:80`, `:80`; of a range, its first. */
function endPoint(text: string): { address?: string; port?: number } {
  const match =
    /^(?:\[([0-9a-fA-F:.]+)\]|([0-9a-fA-F:]+:[0-9a-fA-F:]*|[\d.]+))?(?:-[^:\]]+)?(?::(\d+).*)?$/
      .exec(text);
  return { address: match?.[1] ?? match?.[2], port: portNumber(match?.[3]) };
}
