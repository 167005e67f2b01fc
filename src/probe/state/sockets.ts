/** Listening and bound sockets, from the text of `ss -HOlntum`. */
import type { Socket } from "../../event/state.ts";
import { clip } from "./bounds.ts";

/** `tcp LISTEN 0 128 10.0.0.1%eth0:22 0.0.0.0:* skmem:(r0,rb131072,…,d0)` */
const LINE = /^(tcp|udp)\s+(\S+)\s+(\d+)\s+(\d+)\s+(\S+):(\d+)\s/;
const MEMORY = /skmem:\(r\d+,rb(\d+),.*\bd(\d+)\)/;

/**
 * Sockets that `ss` of iproute2 6.1 to 7.x lists. `limits` is false where it read /proc/net instead
 * of asking inet_diag: then it knows no backlog and no `v6only`.
 */
export function sockets(text: string, limits: boolean): Socket[] {
  return text.split("\n").flatMap((line) => {
    const found = LINE.exec(line);
    if (!found) return [];
    const [, receiveBuffer, drops] = MEMORY.exec(line) ?? [];
    return [{
      ...socket(found, limits),
      ...(receiveBuffer === undefined ? {} : { receiveBuffer: Number(receiveBuffer) }),
      ...(drops === undefined ? {} : { drops: Number(drops) }),
    }];
  });
}

function socket(found: RegExpExecArray, limits: boolean): Socket {
  const [, protocol, state, receiveQueue, sendQueue, local, port] = found;
  const [host = "", device] = (local ?? "").replace(/^\[|\]/g, "").split("%");
  // `*` is an IPv6 socket that takes IPv4 too, `[::]` one that does not.
  const address = host === "*" ? "::" : host;
  return {
    protocol: protocol === "tcp" ? "tcp" : "udp",
    family: address.includes(":") ? 6 : 4,
    address: clip(address, 64),
    port: Number(port),
    state: clip(state ?? "", 255),
    ...(device === undefined ? {} : { device: clip(device, 255) }),
    receiveQueue: Number(receiveQueue),
    ...(limits ? { sendQueue: Number(sendQueue) } : {}),
    ...(limits && host === "::" ? { ipv6Only: true } : {}),
  };
}
