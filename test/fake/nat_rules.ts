/** Rules of NAT for tests, and what is read of them. */
import { fakeState } from "./state.ts";
import { formatAddress, prefixLength } from "../../src/event/filter/address.ts";
import type { Peer } from "../../src/event/filter/mod.ts";
import type { NetfilterRule, NetnsState } from "../../src/event/state.ts";
import { natFactsOf } from "../../src/probe/translation/facts.ts";
import { translationsOf } from "../../src/probe/translation/translations.ts";

const NAT = ["prerouting", "output", "postrouting"].map((hook) => ({
  family: "ip",
  table: "nat",
  name: hook.toUpperCase(),
  type: "nat",
  hook,
}));

/** A namespace whose nat table has these rules, as iptables-save prints them. */
export function iptables(...lines: string[]): Partial<NetnsState> {
  const netfilter = lines.map((text, i): NetfilterRule => ({
    family: "ip",
    table: "nat",
    chain: text.split(" ")[1]!,
    position: i + 1,
    text,
    tool: "iptables",
  }));
  return { chains: NAT, netfilter };
}

/** A namespace whose nat table has these rules, by chain, as nft has them in JSON. */
export function nft(rules: Record<string, unknown[][]>, sets: NetnsState["sets"] = []) {
  const netfilter = Object.entries(rules).flatMap(([chain, list]) =>
    list.map((expressions, i): NetfilterRule => ({
      family: "ip",
      table: "nat",
      chain,
      position: i + 1,
      text: "",
      tool: "nft",
      expressions,
    }))
  );
  return { chains: NAT, netfilter, sets };
}

/** Translations as `tcp 10.96.0.10:53 > 10.244.0.7:5353`, and with whom alone. */
export function told(state: Partial<NetnsState>, hosts: string[] = []): string[] {
  const facts = natFactsOf(fakeState(1, state));
  return translationsOf([facts], { hosts }).map(({ from, to, peers, notPeers = [] }) => {
    const end = (at: { address: string; port?: number }) =>
      at.port === undefined ? at.address : `${at.address}:${at.port}`;
    const peer = ({ network, port }: Peer) =>
      `${formatAddress(network!)}/${prefixLength(network!.version, network!.mask)}:${port ?? "*"}`;
    return `${from.protocol ?? "any"} ${end(from)} > ${end(to)}` +
      (peers ? ` with ${peers.map(peer).join(" ")}` : "") +
      (notPeers.length > 0 ? ` not with ${notPeers.map(peer).join(" ")}` : "");
  });
}

/** An nft expression that compares a field of a header. */
export const match = (protocol: string, field: string, right: unknown) => ({
  match: { op: "==", left: { payload: { protocol, field } }, right },
});
