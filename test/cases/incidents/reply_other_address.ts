/** 19: a server answers from another of its addresses than the one that was asked. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact, NO_SOCKET } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { dig, udp } from "../traffic/programs.ts";
import { dnsServer } from "../traffic/servers.ts";
import { type Row, row, type RowOptions } from "../worlds/row.ts";

const reported = {
  words: "dig against a second address of the server: reply from unexpected source",
  where: ["RFC 2181, section 4.1", "questions on dig, OpenVPN and a VIP on lo"],
};

const truth =
  "the server's socket is bound to all addresses, so the kernel chooses the source of an " +
  "answer by its route: the main address, not the one that was asked";

interface Variation extends Partial<RowOptions> {
  name: string;
  /** Number of the host's second address, at its device or at `lo`. */
  second: number;
  onLoopback?: boolean;
  /** A program's socket that is connected, instead of dig. */
  connected?: boolean;
}

function variation(options: Variation): AnyCase {
  const { name, second, onLoopback = false, connected = false, ...rest } = options;
  const { family = 4, nets = ["10.1.0", "10.2.0"], ...other } = rest;
  const hosts = [[9], [5]] as const;
  return reportedCase<Row>({
    name,
    reported,
    truth,

    packages: connected ? [] : ["bind9-dnsutils"],
    lay(topology) {
      const place = row(topology, { family, nets, hosts, ...other });
      const asked = place.address(2, second);
      const length = onLoopback ? (family === 6 ? 128 : 32) : family === 6 ? 64 : 24;
      const at = place.host(2, 5);
      at.address(onLoopback ? "lo" : "eth0", `${asked}/${length}`);
      // By default IPv6 takes the address that was added last.
      if (family === 6) {
        at.ip(`addr change ${asked}/${length} dev ${onLoopback ? "lo" : "eth0"} preferred_lft 0`);
      }
      if (onLoopback) {
        place.router.route(`${asked}/${length} via ${place.address(2, 5)}`);
      }
      return place;
    },
    start(place, broken) {
      const address = broken ? undefined : place.address(2, second);
      keepUp(place, dnsServer(place.host(2, 5), { address, port: 53, family }));
    },
    traffic: (place) => {
      const asked = place.address(2, second);
      return connected
        ? udp(place.host(1, 9), asked, 53, { count: 3, sourcePort: 45_454 })
        : dig(place.host(1, 9), asked);
    },
    happened: /reply from unexpected source|timed out|udp: 0 of 3/,
    well: /192\.0\.2\.80|udp: 3 of 3/,
    asks: (place) => [
      { name: "by service", filter: `host ${place.address(2, second)} and udp port 53` },
      { name: "by client", filter: `host ${place.address(1, 9)} and udp port 53` },
    ],
    musts: (place) => [{
      protocol: "udp",
      client: place.address(1, 9),
      server: place.address(2, second),
      port: 53,
      outcomes: ["mis-answered"],
      codes: ["reply-from-other-address"],
      says: {
        "whose address the answer came with": fact(place.address(2, 5)),
        "what was asked": fact(place.address(2, second)),
        "the server's wildcard socket":
          /0\.0\.0\.0|\[?::\]?:53|\*:53|all (its )?addresses|wildcard|any address/,
      },
    }],
    never: () => ({ "that no socket is bound": NO_SOCKET }),
  });
}

export const replyOtherAddress: AnyCase[] = [
  variation({ name: "19-udp-reply-wrong-source", second: 100 }),
  variation({ name: "19b-socket-exists", second: 100, connected: true, unprobed: true }),
  variation({
    name: "19-udp-reply-wrong-source.loopback",
    second: 77,
    nets: ["172.22.8", "192.168.201"],
    onLoopback: true,
    oneNode: true,
  }),
  variation({
    name: "19-udp-reply-wrong-source.six",
    second: 53,
    nets: ["fd11:1", "fd11:2"],
    family: 6,
    connected: true,
  }),
];
