/** Services of IPVS and peers of wireguard, from what the kernel and `wg` print. */
import type { VirtualService, WireguardPeer } from "../../event/state.ts";
import { clip } from "./bounds.ts";

/**
 * Services as /proc/net/ip_vs lists them, each with its servers in the lines below:
 * `TCP  0A600401:0050 rr`, `  -> 0A0000C8:0050 Masq 1 0 0`. IPv6 is in brackets.
 */
export function virtualServices(text: string): VirtualService[] {
  const services: VirtualService[] = [];
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    const [first = "", second = "", third = ""] = words;
    if (first === "->") {
      const end = endOf(second);
      if (end === null || services.length === 0) continue;
      const weight = Number(words[3]);
      if (!Number.isInteger(weight)) continue;
      services.at(-1)!.servers.push({ ...end, forward: clip(third, 255), weight });
    } else if (first === "FWM") {
      const mark = Number.parseInt(second, 16);
      services.push({ mark, scheduler: clip(third, 255), servers: [] });
    } else if (/^(TCP|UDP|SCTP)$/.test(first)) {
      const end = endOf(second);
      if (end === null) continue;
      const protocol = first.toLowerCase();
      services.push({ protocol, ...end, scheduler: clip(third, 255), servers: [] });
    }
  }
  return services;
}

/** `0A600401:0050` and `[2001:0db8::0001]:0050`. */
function endOf(text: string): { address: string; port: number } | null {
  const four = /^([0-9A-F]{8}):([0-9A-F]{4})$/i.exec(text);
  const six = /^\[([0-9a-f:]+)\]:([0-9A-F]{4})$/i.exec(text);
  if (four) {
    const bytes = four[1]!.match(/../g)!.map((byte) => Number.parseInt(byte, 16));
    return { address: bytes.join("."), port: Number.parseInt(four[2]!, 16) };
  }
  if (!six) return null;
  const address = URL.parse(`http://[${six[1]}]`)?.hostname.slice(1, -1);
  return address === undefined ? null : { address, port: Number.parseInt(six[2]!, 16) };
}

/** So long a handshake lets a session live (REJECT_AFTER_TIME of drivers/net/wireguard), seconds. */
const SESSION_S = 180;

/**
 * Peers of all devices by what `wg show all allowed-ips`, `endpoints` and `latest-handshakes` print.
 * `now` is what `date +%s` said with them: only whether a session can be left is told, which stays the same
 * from one reading to the next.
 */
export function wireguardPeers(
  allowedText: string,
  endpoints: string,
  handshakes: string,
  now: string,
): WireguardPeer[] {
  const values = (text: string) => new Map(rows(text).map(([id, value]) => [id, value]));
  const [ends, times] = [values(endpoints), values(handshakes)];
  const isOver = (handshakeS: number) => handshakeS > 0 && Number(now) - handshakeS > SESSION_S;
  return rows(allowedText).map(([id, value]) => {
    const [device = "", key = ""] = id.split("\t");
    const end = ends.get(id);
    const handshakeS = Number(times.get(id) ?? 0);
    return {
      device: clip(device, 255),
      key: clip(key, 255),
      ...(end === undefined || end === "(none)" ? {} : { endpoint: clip(end, 255) }),
      allowed: value.split(/\s+/).filter((word) => word !== "" && word !== "(none)")
        .map((word) => clip(word, 255)),
      hasShakenHands: handshakeS > 0,
      ...(isOver(handshakeS) ? { isSessionOver: true } : {}),
    };
  });
}

/**
 * Device and key, and the value. wireguard-tools 1.0.20210914 name the device of endpoints once, before
 * its first peer, and without a line of its own where it has none.
 */
function rows(text: string): [id: string, value: string][] {
  let device: string | undefined;
  return text.split("\n").flatMap((line): [string, string][] => {
    const [value, key, own] = line.split("\t").reverse();
    device = own || device;
    return device && key && value ? [[`${device}\t${key}`, value]] : [];
  });
}
