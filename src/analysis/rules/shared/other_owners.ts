/** Programs that keep routes, rules of routing and programs of the kernel, and where these are changed. */
import type { NetnsState, Route, RoutingRule } from "../../../event/state.ts";

/** Programs of the kernel (BPF) that a controller attaches, by their names. */
const PROGRAMS: readonly [pattern: RegExp, name: string, object: string][] = [
  [
    /\bcil_|\bbpf_(host|lxc|netdev|overlay|xdp)\b/,
    "Cilium",
    "its policies, cilium-dbg monitor -t drop",
  ],
  [/\bcali_|calico/, "Calico", "the policies that select the end point"],
];

/** Who attached a program of this name, and what to look at, as a sentence; null: nobody known. */
export function programOwner(text: string): string | null {
  const known = PROGRAMS.find(([pattern]) => pattern.test(text));
  return known ? `${known[1]} attached this program: look at ${known[2]}` : null;
}

/**
 * Who keeps a route that refuses, and what to look at, as a sentence; null: nobody known. Calico gives
 * each node blocks of addresses, and lets those of a block that no pod has die there: taken away, they
 * go out by the default route.
 */
export function routeOwner(
  { links }: NetnsState,
  route: Route,
  destination: string,
): string | null {
  const [, length] = route.destination.split("/");
  const isBlock = route.type === "blackhole" &&
    (route.family === 4 ? Number(length) >= 20 : Number(length) >= 116);
  return isBlock && links.some(({ name }) => /^cali[0-9a-f]{11}$|\.calico$/.test(name))
    ? `Calico keeps ${route.destination} for pods of this node, and none of them has ${destination}: ` +
      "look for who still sends there, an endpoint of a Service or a name that is out of date"
    : null;
}

/** Who keeps a rule of routing that refuses, and what to look at, as a sentence; null: nobody known. */
export const ruleOwner = ({ mark, priority }: RoutingRule): string | null =>
  mark !== undefined && /^0x80000\/0xff0000$/.test(mark) && priority >= 5200 && priority < 5300
    ? "Tailscale keeps this rule, so that its own packets do not go round: look at tailscale status"
    : null;
