/** What the kernel frees without harm must not be what a report is about. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { keepUp } from "../bench/run.ts";
import { curl } from "../traffic/programs.ts";
import { strayServer } from "../traffic/stray.ts";
import { type Row, row } from "../worlds/row.ts";

/** A segment that came too early waits in the client's queue, which is emptied when it closes. */
function purge(
  name: string,
  family: 4 | 6,
  nets: readonly [string, string],
  oneNode: boolean,
): AnyCase {
  const port = 8_081;
  const address = (place: Row) => place.address(2, 16);
  return reportedCase<Row>({
    name,
    reported: {
      words: "every request is answered, and the tracer reports drops in tcp_close",
      where: ["questions on dropwatch and skb_rbtree_purge"],
    },
    truth:
      "the answer came whole; a segment beyond it, with a gap before it, was still queued when " +
      "the client closed, and its queue was emptied",
    lay: (topology) => row(topology, { family, nets, hosts: [[15], [16]], oneNode }),
    start(place, broken) {
      const stray = { beyond: broken ? 4_000 : undefined, before: 500, after: 0 };
      keepUp(place, strayServer(place.host(2, 16), { address: address(place), port, ...stray }));
    },
    // curl closes when it has as many octets as were announced, and later when it is told to read on.
    traffic: (place) =>
      curl(place.host(1, 15), address(place), { port, words: ["--ignore-content-length"] }),
    happened: /curl: 200 \d+ bytes/,
    well: /curl: 200 \d+ bytes/,
    asks: (place) => [{ name: "by server", filter: `tcp and host ${address(place)}` }],
    musts: (place) => [{
      protocol: "tcp",
      client: place.address(1, 15),
      server: address(place),
      port,
      outcomes: ["answered"],
      codes: [],
    }],
    never: () => ({ "a cause": /^[a-z-]+, / }),
  });
}

export const benign: AnyCase[] = [
  purge("60-out-of-order-purge", 4, ["10.60.7", "10.60.8"], false),
  purge("60-out-of-order-purge.six", 6, ["fd60:7", "fd60:8"], true),
];
