/** What refuses a packet of a known connection between two ports of a bridge that calls netfilter. */
import type { Link, NetnsState } from "../../event/state.ts";
import type { Sighting } from "../view/timeline.ts";
import { linkOf } from "../view/state_view.ts";
import { headersOf } from "./hook_packet.ts";
import { basesAt } from "./hooked.ts";
import type { Pass } from "./pass.ts";
import { rulesetOf } from "./ruleset.ts";
import { type Candidate, Walk } from "./walk.ts";

/** Where the packet left, and the bridge of both ports. */
export interface Through {
  out: Sighting;
  bridge: Link | undefined;
}

/**
 * Rules and policies of IP's hooks that may refuse the packet when `br_netfilter` shows it to them, its
 * connection being established. `cut`: not all of them were asked.
 */
export function refusersOfBridged(
  state: NetnsState,
  into: Sighting,
  { out, bridge }: Through,
): { list: Candidate[]; cut: boolean } {
  const ruleset = rulesetOf(state);
  const headers = headersOf(into);
  const ports = {
    portInput: linkOf(state, into.ifindex, into.device)?.name,
    portOutput: linkOf(state, out.ifindex, out.device)?.name,
  };
  const between = { input: bridge?.name, output: bridge?.name };
  const at = (hook: string, devices: Partial<Pass["view"]>): Pass => ({
    view: { headers, layer: "ip", hook, ...between, ...ports, ...devices },
    ...{ survived: false, guessed: false },
  });
  const walk = new Walk(ruleset, {
    ...at("", {}).view,
    ...{ ctState: "established", ctStatus: undefined, ctDirection: "reply" },
    ...{ mark: { value: 0, known: 0 }, state, set: ruleset.set },
  }, "established");
  for (
    const pass of [
      at("prerouting", { output: null, portOutput: null }),
      at("forward", {}),
      at("postrouting", { input: undefined }),
    ]
  ) {
    if (!walk.hook(pass, basesAt(pass, ruleset.bases, headers.network))) break;
  }
  return { list: walk.candidates, cut: walk.cut };
}
