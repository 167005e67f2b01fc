/** NAT forgets a running connection and gives it another port. */
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
  iptables: boolean,
): AnyCase {
  const port = 5_671;
  return reportedCase<Row>({
    name,
    reported: {
      words: "long connections are reset after an idle time, or when the firewall was reloaded",
      where: ["questions on NAT time-outs", "moby and firewalld issues on conntrack flushes"],
    },
    truth:
      "the entry of the connection was lost; its next packet got another source port, of which the " +
      "server knows no connection, and it reset it",
    packages: ["conntrack"],
    lay(topology) {
      const place = row(topology, { family, nets, hosts: [[12], [13]] });
      const out = place.port(2, 13);
      if (iptables) {
        const rule = `-A POSTROUTING -o ${out} -j MASQUERADE --random-fully`;
        if (family === 6) place.router.ip6tables("nat", rule);
        else place.router.iptables("nat", rule);
      } else {
        place.router.nft(
          "table inet nat { chain post { type nat hook postrouting priority srcnat; " +
            `oifname "${out}" masquerade fully-random; }; }`,
        );
      }
      return place;
    },
    start(place) {
      keepUp(place, webServer(place.host(2, 13), { port, family, does: "answer-at-end" }));
    },
    traffic: (place, broken) =>
      uploadInTwo(place.host(1, 12), place.address(2, 13), port, async () => {
        // -F alone flushes IPv4 and IPv6.
        if (broken) await must(place.router, ["conntrack", "-F"]);
      }),
    happened: /upload: error 104/,
    well: /upload: answered/,
    asks: (place) => [{ name: "by server", filter: `tcp and host ${place.address(2, 13)}` }],
    musts: (place) => [{
      protocol: "tcp",
      client: place.address(1, 12),
      server: place.address(2, 13),
      port,
      outcomes: ["broken"],
      codes: ["port-changed"],
      says: { "where": fact("router"), "two ports": /\b\d{4,5}\b[\s\S]*\b\d{4,5}\b/ },
    }],
    never: () => ({ "that nobody listens": /^no-listener/ }),
  });
}

export const portChanged: AnyCase[] = [
  variation("50-port-changed", 4, ["10.50.3", "10.50.4"], false),
  variation("50-port-changed.six", 6, ["fd50:3", "fd50:4"], true),
];
