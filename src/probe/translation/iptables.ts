/** NAT rules as `iptables-save` prints them. */
import { type Action, type Case, portNumber, protocolNumber, type Where } from "./rule.ts";

/**
 * What a rule may do: one case, or none where it translates nothing and jumps nowhere. `text` is
 * the line of iptables-save (1.8) from `-A` on. An option after `!` is skipped, as if its condition
 * always held.
 */
export function iptablesCases(text: string): Case[] {
  const words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const where: { -readonly [key in keyof Where]: Where[key] } = {};
  let target = "";
  let to: string | undefined;
  let toPort: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const value = words[i + 1] ?? "";
    if (words[i - 1] === "!") continue;
    switch (words[i]) {
      case "-d":
      case "--destination":
        if (isHost(value)) where.destinations = [value.replace(/\/(32|128)$/, "")];
        break;
      case "--dst-type":
        if (value === "LOCAL") where.isLocal = true;
        break;
      case "-p":
        where.protocols = some(protocolNumber(value));
        break;
      case "--dport":
        where.ports = some(portNumber(value));
        break;
      case "--dports":
        where.ports = value.split(",").flatMap((port) => some(portNumber(port)) ?? []);
        break;
      case "-o":
        where.outputDevice = value;
        break;
      case "-j":
      case "-g":
        target = value;
        break;
      case "--to-destination":
      case "--to-source":
        to = value;
        break;
      case "--to-ports":
        toPort = value;
        break;
    }
  }
  if (where.ports?.length === 0) delete where.ports;
  return actionsOf(target, to, toPort).map((action) => ({ where, action }));
}

const some = (value: number | undefined) => value === undefined ? undefined : [value];

/** True for a single address. A network does not say which of its addresses a packet has. */
const isHost = (value: string) => !value.includes("/") || /\/(32|128)$/.test(value);

function actionsOf(target: string, to: string | undefined, toPort: string | undefined): Action[] {
  switch (target) {
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
    default:
      return /^(|ACCEPT|DROP|RETURN|MARK|LOG|CT|NOTRACK|TPROXY|REJECT)$/.test(target)
        ? []
        : [{ do: "jump", chain: target }];
  }
}

/** `10.0.0.1`, `10.0.0.1:80`, `[fd00::1]:80`, `:80`; of a range, its first. */
function endPoint(text: string): { address?: string; port?: number } {
  const match =
    /^(?:\[([0-9a-fA-F:.]+)\]|([0-9a-fA-F:]+:[0-9a-fA-F:]*|[\d.]+))?(?:-[^:\]]+)?(?::(\d+).*)?$/
      .exec(text);
  return { address: match?.[1] ?? match?.[2], port: portNumber(match?.[3]) };
}
