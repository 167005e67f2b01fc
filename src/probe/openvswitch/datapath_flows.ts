/** Flows of a datapath, from `dpctl/dump-flows -m`. */
import { fieldsOf } from "../../event/openvswitch_fields.ts";

/** One of them. */
export interface Flow {
  /** All fields of the packet that it was made for: what `ofproto/trace` is asked. */
  packet: string;
  /** Fields that it looks at. */
  match: string;
  packets: number;
  /** Seconds since it was used; Infinity: never yet. */
  usedS: number;
  actions: string;
}

/** All flows in the text; what is no flow, as a headline, is left out. */
export function flowsIn(text: string): Flow[] {
  return text.split("\n").flatMap((line): Flow[] => {
    const found = /^(?:ufid:[^,]*, ?)?(\S.*?), packets:(\d+), bytes:\d+, used:([^,]+), (.*)$/.exec(
      line.trim(),
    );
    const actions = /(?:^|, )actions:(.*?)(?:, dp-extra-info:.*)?$/.exec(found?.[4] ?? "");
    if (found === null || actions === null) return [];
    const [, key = "", packets, used = ""] = found;
    const fields = fieldsOf(key).filter((field) => !UNKNOWN.test(field));
    return [{
      packet: fields.map(withoutMasks).join(","),
      match: fields.map(lookedAt).filter((field) => field !== "").join(","),
      packets: Number(packets),
      usedS: used === "never" ? Infinity : Number.parseFloat(used),
      actions: actions[1]!,
    }];
  });
}

/**
 * A field that a newer kernel has and the daemon does not know, as it prints it: `key32(00 00/00 00)`
 * is IPv6's extension headers. It does not understand it in a question.
 */
const UNKNOWN = /^key\d+\(/;

/** A value and its mask: `10.96.0.1/255.192.0.0`, `02:…:fe/00:…:00`, `0x4d/0xff`. */
const MASKED = /([^(),=]+)\/([0-9a-fx.:]+)/g;

const withoutMasks = (field: string) => flagsAsSet(field.replaceAll(MASKED, "$1"));

/** `ct_state(+new-est+trk)` is a match; of a packet it is `ct_state(new|trk)`. */
function flagsAsSet(field: string): string {
  return field.replace(/^(ct_state|tcp_flags)\(([-+][^)]*)\)/, (_, name, flags: string) => {
    const set = [...flags.matchAll(/\+([a-z_]+)/g)].map(([, flag]) => flag);
    return `${name}(${set.length === 0 ? "0" : set.join("|")})`;
  });
}

/** The field without its parts that the flow does not look at; empty when it looks at none. */
function lookedAt(field: string): string {
  const found = /^(\w+)\((.*)\)$/.exec(field);
  if (found === null) return field;
  const [, name = "", inside = ""] = found;
  // The parts of a tunnel are fields themselves.
  const parts = fieldsOf(inside).map((part) => /\w\(.*\)$/.test(part) ? lookedAt(part) : part)
    .filter((part) => part !== "" && !isIgnored(part));
  // Names of packet types say nothing of one: all are Ethernet.
  return parts.length === 0 || name === "packet_type" ? "" : `${name}(${parts.join(",")})`;
}

function isIgnored(part: string): boolean {
  const mask = /\/([0-9a-fx.:]+)$/.exec(part)?.[1];
  return mask !== undefined && /^[0x.:]+$/.test(mask);
}
