/** A filter's canonical text: every qualifier written out, every mixed chain in parentheses. */
import type { AddressTerm, PortTerm, ProtocolTerm, ReportFilter, Side } from "./ast.ts";
import { ICMP, ICMP6, SCTP, TCP, UDP } from "./ast.ts";
import { formatAddress, prefixLength } from "./address.ts";
import { printName } from "./report_names.ts";

const SIDES: Record<Side, string> = {
  either: "",
  source: "src ",
  destination: "dst ",
  both: "src and dst ",
};
const PORT_WORDS: Record<number, string> = { [TCP]: "tcp", [UDP]: "udp", [SCTP]: "sctp" };
const NETWORK_WORDS = { ip4: "ip", ip6: "ip6", arp: "arp" } as const;

/** Reads back as the same node. May be longer than what was read, so keep the user's text too. */
export function printFilter(node: ReportFilter): string {
  switch (node.kind) {
    case "all":
      return "";
    case "not":
      return `not ${operand(node.node)}`;
    case "and":
    case "or":
      return node.nodes.map(operand).join(` ${node.kind} `);
    case "network":
      return NETWORK_WORDS[node.network];
    case "protocol":
      return printProtocol(node);
    case "port":
      return printPort(node);
    case "address":
      return printAddress(node);
    case "report":
      return `${SIDES[node.side ?? "either"]}${node.field} ${printName(node.parts)}`;
  }
}

const operand = (node: ReportFilter) =>
  node.kind === "and" || node.kind === "or" ? `(${printFilter(node)})` : printFilter(node);

function printProtocol({ protocol, network }: ProtocolTerm): string {
  if (network === "ip4" && protocol === ICMP) return "icmp";
  if (network === "ip6" && protocol === ICMP6) return "icmp6";
  if (network) return `${NETWORK_WORDS[network]} proto ${protocol}`;
  return PORT_WORDS[protocol] ?? `proto ${protocol}`;
}

function printPort({ side, protocol, low, high }: PortTerm): string {
  const word = protocol === undefined ? "" : `${PORT_WORDS[protocol]} `;
  return word + SIDES[side] + (low === high ? `port ${low}` : `portrange ${low}-${high}`);
}

function printAddress({ side, network, version, bits, mask }: AddressTerm): string {
  const head = (network ? `${NETWORK_WORDS[network]} ` : "") + SIDES[side];
  const address = formatAddress({ version, bits });
  const length = prefixLength(version, mask);
  if (length === (version === 4 ? 32 : 128)) return `${head}host ${address}`;
  if (length !== null) return `${head}net ${address}/${length}`;
  return `${head}net ${address} mask ${formatAddress({ version, bits: mask })}`;
}
