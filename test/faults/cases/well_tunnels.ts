/** Tunnels of every kind, well. */
import { type AnySpec, delivered, fault, type Verdict } from "../bench/spec.ts";
import { overlay, type OverlayMode } from "../worlds/overlay.ts";
import { ping, server, tcp } from "./talks.ts";

function healthy(id: string, mode: OverlayMode, six: boolean) {
  return fault({
    id: `tunnel-well-${id}`,
    code: "delivered",
    world: overlay({ mode, six }),
    fault: {},
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [ping(w), tcp(w, 8080, { size: 200_000 })],
    verdicts: (): Verdict[] => [
      delivered(),
      delivered({ reply: true }),
      delivered({ talk: 1 }),
      delivered({ talk: 1, reply: true }),
    ],
    alone: true,
  });
}

export const wellTunnels: AnySpec[] = [
  healthy("routed", "routed", false),
  healthy("bridged", "bridged", false),
  healthy("learning", "learning", false),
  healthy("external", "external", false),
  healthy("learning-v6", "learning", true),
  healthy("routed-v6", "routed", true),
];
