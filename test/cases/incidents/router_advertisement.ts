/** A host that forwards takes no default route from its router, unless it is told to. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type AnyCase, type Place, reportedCase } from "../bench/case.ts";
import { ping } from "../traffic/programs.ts";
import { advertise, heard } from "../traffic/advertise.ts";

interface Site extends Place {
  pod: Namespace;
  host: Namespace;
  router: Namespace;
}

interface Variation {
  name: string;
  net: string;
  device: string;
  /** The host itself asks, instead of a pod of it. */
  fromHost: boolean;
}

function variation({ name, net, device, fromHost }: Variation): AnyCase {
  const server = `${net}:3::9`;
  // Without a route nothing is sent, and no source is chosen.
  const client = fromHost ? "::" : `${net}:2::7`;
  return reportedCase<Site>({
    name,
    reported: {
      words: "since docker (or kubernetes) runs there, the host loses its IPv6 default route",
      where: [
        "moby#13481",
        "questions on accept_ra = 2",
        "kernel documentation, ip-sysctl, accept_ra",
      ],
    },
    truth:
      "forwarding is on and accept_ra is 1, not 2, so the router's advertisements are ignored and " +
      "there is no default route",
    lay(topology, broken) {
      const router = topology.namespace("router", { ipv6: true, forwarding: true });
      const host = topology.namespace("host", { ipv6: true, forwarding: true });
      const pod = topology.namespace("pod", { ipv6: true });
      const far = topology.namespace("far", { ipv6: true });
      topology.veth(router, "lan", host, device);
      topology.veth(host, "vethp", pod, "eth0");
      topology.veth(router, "wan", far, "eth0");
      router.address("lan", `${net}:1::1/64`).address("wan", `${net}:3::1/64`);
      host.address(device, `${net}:1::2/64`).address("vethp", `${net}:2::1/64`);
      pod.address("eth0", `${net}:2::7/64`).route(`::/0 via ${net}:2::1`);
      far.address("eth0", `${server}/64`).route(`::/0 via ${net}:3::1`);
      router.route(`${net}:2::/64 via ${net}:1::2`);
      host.sysctl({ [`net.ipv6.conf.${device}.accept_ra`]: broken ? 1 : 2 });
      return { nodes: { host: [host, pod], router: [router] }, host, pod, router };
    },
    async start(place) {
      advertise(place.router, "lan");
      await heard(place.host);
    },
    traffic: async (place) => {
      advertise(place.router, "lan");
      return await ping(fromHost ? place.host : place.pod, server, { count: 2 });
    },
    happened: /ping: 0 of/,
    well: /ping: 2 of 2/,
    asks: () => [{ name: "by protocol", filter: "icmp6" }],
    musts: () => [{
      protocol: "icmp6",
      client,
      server,
      outcomes: ["unanswered", "refused"],
      codes: ["router-advertisement-ignored"],
      alsoTrue: ["no-route"],
      heals: true,
      says: { "the setting": /accept_ra/, "that it forwards": /forward/ },
    }],
  });
}

export const routerAdvertisement: AnyCase[] = [
  variation({
    name: "42-router-advertisement-ignored",
    net: "2001:db8:7",
    device: "eth0",
    fromHost: false,
  }),
  variation({
    name: "42-router-advertisement-ignored.host",
    net: "2001:db8:a0",
    device: "enp3s0",
    fromHost: true,
  }),
];
