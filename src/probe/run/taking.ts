/** The part of a program that decides whether a packet is told: by the filter, and for the sake of one that is. */
import type { ConntrackLayout } from "../kernel/conntrack.ts";
import { takesOf } from "./alternatives.ts";
import { portsExpression } from "./expressions.ts";

/** What decides about it. */
export interface Taking {
  /** bpftrace expression over the packet's variables; "1" for every packet. */
  filter: string;
  /** Packets to and from an end that asked what the filter takes pass, too. */
  follow: boolean;
  /** How many alternatives of the filter are one statement; 2 where absent. */
  together?: number;
  /** UDP ports of tunnels, by what is in their packets. */
  tunnelPorts: { vxlan: readonly number[]; geneve: readonly number[]; fou: readonly number[] };
  /** What a tunnel's packet in another tunnel is to carry, an expression; absent or null: none is looked for. */
  carried?: string | null;
  /** Where this kernel's conntrack keeps a connection; null when that is not known. */
  conntrack: ConntrackLayout | null;
}

/**
 * Decides whether a packet is told. `words` of the script: `asking` remembers who asks, `translated`
 * looks at the packet's connection, which no packet has that was just received.
 */
export function takeFragment(
  lib: (name: string) => string,
  { filter, follow, conntrack, together, carried, tunnelPorts }: Taking,
  words: string,
): string {
  if (filter === "1") return "$take = (uint64)1;";
  const takes = takesOf(filter, together) +
    (carried ? `\n${carrying(lib("carried"), carried, tunnelPorts)}` : "");
  if (!follow) return `$take = (uint64)0;\n${takes}`;
  const asking = words.includes("asking");
  const translated = words.includes("translated") && conntrack !== null;
  return lib("asked")
    .replace("//@takes", takes)
    .replace("//@askedConnection", translated ? placed(lib("asked_connection"), conntrack) : "")
    .replace("//@asking", asking ? lib("asking") : "")
    // Who asks is to be found out of what the filter takes, too, where it is remembered.
    .replace("@otherwise", asking ? "if ($take < 2)" : "if ($take == 0)")
    .replace(/\/\/@asker (\w)/g, (_, prefix) => lib("asker").replaceAll("$@", `$${prefix}`));
}

const carrying = (
  fragment: string,
  carried: string,
  { vxlan, geneve }: Taking["tunnelPorts"],
): string =>
  fragment.replace("@innerVxlanPorts", portsExpression(vxlan, "$idp"))
    .replace("@innerGenevePorts", portsExpression(geneve, "$idp"))
    .replace("@carried", carried);

/** Fields of a connection by their offset. */
export function placed(text: string, layout: ConntrackLayout): string {
  return text
    .replaceAll("@ctStatus", String(layout.status))
    .replaceAll("@ctSource", String(layout.source))
    .replaceAll("@ctDestination", String(layout.destination))
    .replaceAll("@ctSPort", String(layout.sourcePort))
    .replaceAll("@ctDPort", String(layout.destinationPort));
}
