/** The tables that a packet went through, from what `ofproto/trace` prints. */
import type { OpenvSwitchStep } from "../../event/state_openvswitch.ts";

/** What the daemon says of a packet. */
export interface Traced {
  steps: OpenvSwitchStep[];
  /** What its datapath is told to do with it; undefined: it was not said. */
  actions: string | undefined;
}

/** One is left for what is said of the whole. */
const SAYS_MAX = 15;

/**
 * `bridge("br0")`, below it ` 0. icmp, priority 10, cookie 0x77` or ` 1. No match.`, deeper what is
 * done: `    output:99`, `     >> Nonexistent output port`; in the end `Datapath actions: drop`. What
 * it makes up of packets that come back from connection tracking is left out: those have flows of
 * their own.
 */
export function tracedIn(text: string): Traced {
  const steps: OpenvSwitchStep[] = [];
  let bridge = "";
  for (const line of text.split("\n")) {
    const actions = /^Datapath actions: (.*)$/.exec(line)?.[1];
    if (actions !== undefined) {
      const failed = /^Translation failed \(.*$/m.exec(text)?.[0];
      if (failed !== undefined) steps.at(-1)?.says.push(`>> ${failed}`);
      return { steps, actions };
    }
    const named = /^\s*bridge\("(.*)"\)\s*$/.exec(line)?.[1];
    if (named !== undefined) {
      bridge = named;
      continue;
    }
    const asked = /^\s*(\d+)\. (.*)$/.exec(line);
    if (asked !== null) {
      steps.push({ bridge, table: Number(asked[1]), ...matchOf(asked[2]!), says: [] });
      continue;
    }
    const last = steps.at(-1);
    const said = line.trim();
    if (last === undefined || !line.startsWith("  ") || said === "" || said === "thaw") continue;
    if (last.bridge === bridge && last.says.length < SAYS_MAX) last.says.push(said);
  }
  return { steps, actions: undefined };
}

/** `icmp,nw_dst=10.0.0.0/8, priority 10, cookie 0x77`, `priority 0`, `No match.` */
function matchOf(text: string): Pick<OpenvSwitchStep, "match" | "priority" | "cookie"> {
  if (/^No match/.test(text)) return {};
  const found = /^(.*?)(?:(?:^|, )priority (\d+))?(?:, cookie (0x[0-9a-f]+))?$/.exec(text);
  const [, match = text, priority, cookie] = found ?? [];
  return {
    match,
    ...(priority === undefined ? {} : { priority: Number(priority) }),
    ...(cookie === undefined ? {} : { cookie }),
  };
}
