/** `10.0.0.1:4000>10.0.0.2:80/tcp`, `[fd00::1]:4000>[fd00::2]:80/udp`, `fd00::1>fd00::2/icmp6`. */
import { PROTOCOLS } from "./event_words.ts";

export interface Tuple {
  source: string;
  sourcePort?: number;
  destination: string;
  destinationPort?: number;
  protocol?: string;
}

export function parseTuple(word: string): Tuple | null {
  const match = /^([^>\s]+)>([^>\s/]+)(?:\/(\w+))?$/.exec(word);
  const source = match && parseEnd(match[1]!);
  const destination = match && parseEnd(match[2]!);
  if (!match || !source || !destination) return null;
  const tuple: Tuple = { source: source.address, destination: destination.address };
  if (source.port !== undefined) tuple.sourcePort = source.port;
  if (destination.port !== undefined) tuple.destinationPort = destination.port;
  if (match[3] !== undefined) tuple.protocol = match[3];
  return tuple;
}

function parseEnd(text: string): { address: string; port?: number } | null {
  const six = /^\[([0-9a-f:.]+)\]:(\d+)$/.exec(text);
  if (six) return { address: six[1]!, port: Number(six[2]) };
  const four = /^(\d+\.\d+\.\d+\.\d+)(?::(\d+))?$/.exec(text);
  if (four) {
    return { address: four[1]!, ...(four[2] === undefined ? {} : { port: Number(four[2]) }) };
  }
  return /^[0-9a-f]*:[0-9a-f:.]*$/.test(text) && !/^..(:..){5}$/.test(text)
    ? { address: text }
    : null;
}

export function tupleText(tuple: Tuple): string {
  const end = (address: string, port: number | undefined) =>
    port === undefined ? address : `${address.includes(":") ? `[${address}]` : address}:${port}`;
  const protocol = tuple.protocol === undefined ? "" : `/${tuple.protocol}`;
  return `${end(tuple.source, tuple.sourcePort)}>${
    end(tuple.destination, tuple.destinationPort)
  }${protocol}`;
}

export function protocolWord(protocol: number | undefined): string | undefined {
  if (protocol === undefined) return undefined;
  return Object.keys(PROTOCOLS).find((name) => PROTOCOLS[name] === protocol) ?? String(protocol);
}
