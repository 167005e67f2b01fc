/** Listening and bound sockets, from the text of `ss -Hlntu`. */
import type { Socket } from "../../event/state.ts";
import { clip } from "./bounds.ts";

/** `tcp LISTEN 0 128 10.0.0.1%eth0:22 0.0.0.0:*` */
const LINE = /^(tcp|udp)\s+(\S+)\s+(\d+)\s+(\d+)\s+(\S+):(\d+)\s/;

export function sockets(text: string): Socket[] {
  return text.split("\n").flatMap((line) => {
    const found = LINE.exec(line);
    return found ? [socket(found)] : [];
  });
}

function socket(found: RegExpExecArray): Socket {
  const [, protocol, state, receiveQueue, sendQueue, local, port] = found;
  const [host = "", device] = (local ?? "").replace(/^\[|\]/g, "").split("%");
  // `*` is an IPv6 socket that takes IPv4 too.
  const address = host === "*" ? "::" : host;
  return {
    protocol: protocol === "tcp" ? "tcp" : "udp",
    family: address.includes(":") ? 6 : 4,
    address: clip(address, 64),
    port: Number(port),
    state: clip(state ?? "", 255),
    ...(device === undefined ? {} : { device: clip(device, 255) }),
    receiveQueue: Number(receiveQueue),
    sendQueue: Number(sendQueue),
  };
}
