/** NAT forgets a running connection and gives it to another endpoint of its service. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { uploadInTwo } from "../traffic/connections.ts";
import { webServer } from "../traffic/servers.ts";
import { must } from "../worlds/kube_proxy.ts";
import { type Row, row } from "../worlds/row.ts";

function variation(
  name: string,
  family: 4 | 6,
  nets: readonly [string, string],
  service: string,
): AnyCase {
  const port = 5_671;
  const ip = family === 6 ? "ip6" : "ip";
  return reportedCase<Row>({
    name,
    reported: {
      words: "connections to a service are reset by a pod that never saw them, after an idle time",
      where: ["Kubernetes issues on idle connections", "questions on NAT time-outs"],
    },
    truth:
      "the entry of the connection was lost; its next packet was translated to the other endpoint, " +
      "which knows no such connection, and reset it",
    packages: ["conntrack"],
    lay(topology) {
      const place = row(topology, { family, nets, hosts: [[12], [13, 14]] });
      const [one, two] = [13, 14].map((host) => place.address(2, host));
      place.router.nft(
        `table ${ip} nat { chain pre { type nat hook prerouting priority dstnat; ` +
          `${ip} daddr ${service} dnat to numgen inc mod 2 map { 0 : ${one}, 1 : ${two} }; }; }`,
      );
      return place;
    },
    start(place) {
      for (const host of [13, 14]) {
        keepUp(place, webServer(place.host(2, host), { port, family, does: "answer-at-end" }));
      }
    },
    traffic: (place, broken) =>
      uploadInTwo(place.host(1, 12), service, port, async () => {
        // -F alone flushes IPv4 and IPv6.
        if (broken) await must(place.router, ["conntrack", "-F"]);
      }),
    happened: /upload: error 104/,
    well: /upload: answered/,
    asks: () => [{ name: "by port", filter: `tcp and port ${port}` }],
    musts: (place) => [{
      protocol: "tcp",
      client: place.address(1, 12),
      server: service,
      port,
      outcomes: ["broken"],
      codes: ["endpoint-changed"],
      says: { "where": fact("router"), "the endpoint before": fact(place.address(2, 13)) },
    }],
    never: () => ({ "that its program gave up": /^application-reset/ }),
  });
}

export const endpointChanged: AnyCase[] = [
  variation("51-endpoint-changed", 4, ["10.51.3", "10.51.4"], "10.96.51.1"),
  variation("51-endpoint-changed.six", 6, ["fd51:3", "fd51:4"], "fd96:51::1"),
];
