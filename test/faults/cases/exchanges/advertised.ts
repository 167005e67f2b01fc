/** A host that forwards takes no default route from its router, unless it is told to. */
import type { Namespace } from "../../../../src/lab/namespace.ts";
import { advertise, heard } from "../../../cases/traffic/advertise.ts";
import { type AnySpec, fault } from "../../bench/spec.ts";
import { chain } from "../../worlds/chain.ts";
import { routed, twoRouters } from "../../worlds/routed.ts";
import type { Site, World } from "../../worlds/world.ts";
import { ping6 } from "../talks.ts";

interface Place<W extends World> {
  id: string;
  world(site: Site): W;
  /** Who hears the router, by which device. */
  host(world: W): [Namespace, string];
  /** The router that says so, by which device, and its address there. */
  router(world: W): [Namespace, string, string];
  /** The route that is to be heard of instead. */
  without: (world: W) => string;
  to(world: W): string;
}

// deno-lint-ignore no-explicit-any
const place = <W extends World>(one: Place<W>): Place<any> => one;

const places = [
  place({
    id: "routed",
    world: routed(),
    host: (w) => [w.client.at, w.client.device],
    router: (w) => [w.router, w.left, w.gateway6],
    without: () => "::/0",
    to: (w) => w.server.six,
  }),
  place({
    id: "two-routers",
    world: twoRouters,
    host: (w) => [w.first, w.middle],
    router: (w) => [w.second, w.middle, w.secondAddress6],
    without: (w) => w.serverNet6,
    to: (w) => w.server.six,
  }),
  place({
    id: "chain",
    world: chain,
    host: (w) => [w.routers[0], w.right],
    router: (w) => [w.routers[1], w.left, w.nets[1]!.cidr6.replace("/64", "2")],
    without: (w) => w.nets[3]!.cidr6,
    to: (w) => w.server.six,
  }),
];

export const advertisements: AnySpec[] = places.map((
  { id, world, host, router, without, to },
) =>
  fault({
    id: `router-advertisement-ignored-${id}`,
    code: "router-advertisement-ignored",
    world,
    setUp(w) {
      const [at, device] = host(w);
      at.ip(`route del ${without(w)}`);
      at.sysctl({
        "net.ipv6.conf.all.forwarding": 1,
        [`net.ipv6.conf.${device}.accept_ra`]: 2,
      });
    },
    fault: {
      lay(w) {
        const [at, device] = host(w);
        at.sysctl({ [`net.ipv6.conf.${device}.accept_ra`]: 1 });
      },
    },
    near: {
      what: "the advertisement is ignored as well, and a route was set by hand",
      lay(w) {
        const [at, device] = host(w);
        at.sysctl({ [`net.ipv6.conf.${device}.accept_ra`]: 1 });
        at.ip(`route add ::/0 via ${router(w)[2]}`);
      },
    },
    async before(w) {
      const [at, device] = router(w);
      advertise(at, device);
      await heard(host(w)[0]);
    },
    first(w) {
      const [at, device] = router(w);
      advertise(at, device);
    },
    talks: (w) => [ping6(w, { to: to(w) })],
    came: () => [{
      outcomes: ["unanswered", "refused"],
      codes: ["router-advertisement-ignored"],
      alsoTrue: ["no-route"],
      says: { "the setting": /accept_ra/, "that it forwards": /forward/ },
      remedy: true,
    }],
  })
);
