/** A router's advertisement, as radvd sends it. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { sockaddr } from "../../faults/kernel/address.ts";
import { cString, inNetns, libc } from "../../faults/kernel/libc.ts";
import { Socket } from "../../faults/kernel/socket.ts";

const ICMPV6 = 58;
const MULTICAST_INTERFACE = [41, 17] as const;
const MULTICAST_HOPS = [41, 18] as const;

/** Says once through a device that this is a default router for half an hour. */
export function advertise(router: Namespace, device: string): void {
  const socket = Socket.raw(router.name, ICMPV6, 6);
  const index = inNetns(router.name, () => libc.if_nametoindex(cString(device)));
  socket.set(MULTICAST_INTERFACE, index).set(MULTICAST_HOPS, 255);
  // Type 134, hop limit 64, lifetime 1,800 s; the kernel fills in the checksum.
  const lifetime = [1_800 >> 8, 1_800 & 255];
  const message = [134, 0, 0, 0, 64, 0, ...lifetime, 0, 0, 0, 0, 0, 0, 0, 0];
  socket.sendTo(new Uint8Array(message), sockaddr("ff02::1", 0));
  socket.close();
}

/** Resolves when the host's kernel has counted an advertisement; it may ignore it all the same. Throws when it hears none. */
export async function heard(host: Namespace): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { stdout } = await host.run(["cat", "/proc/net/snmp6"]);
    if (/Icmp6InRouterAdvertisements\s+[1-9]/.test(stdout)) return;
  }
  throw new Error("Cannot advertise: the host has counted no advertisement");
}
