/** The network is well, and the program is not: it resets, or it says nothing. */
import type { Namespace } from "../../../../src/lab/namespace.ts";
import { udpServer, udpSink, webServer } from "../../../cases/traffic/servers.ts";
import { type AnySpec, fault } from "../../bench/spec.ts";
import { pods, switched } from "../../worlds/bridged.ts";
import { overlay } from "../../worlds/overlay.ts";
import { routed, twoRouters } from "../../worlds/routed.ts";
import type { Site, World } from "../../worlds/world.ts";
import { server, tcp, udp } from "../talks.ts";

const PORT = 8_080;
/** Of a program that is nobody's question. */
const OTHER = 8_081;

interface Place {
  id: string;
  world(site: Site): World;
  family: 4 | 6;
}

const places: Place[] = [
  { id: "routed", world: routed(), family: 4 },
  { id: "bridge", world: pods, family: 6 },
  { id: "overlay", world: overlay(), family: 4 },
];

type Does = "answer" | "answer-at-end" | "reset" | "silent";

const web = (at: Namespace, family: 4 | 6, does: Does, port = PORT) =>
  webServer(at, { port, family, does });

const resets = places.map(({ id, world, family }) =>
  fault({
    id: `application-reset-${id}`,
    code: "application-reset",
    world,
    fault: { servers: (w) => [web(w.server.at, family, "reset")] },
    near: {
      what: "the program of another port resets",
      servers: (
        w,
      ) => [web(w.server.at, family, "answer-at-end"), web(w.server.at, family, "reset", OTHER)],
    },
    servers: (w) => [web(w.server.at, family, "answer-at-end")],
    talks: (w) => [tcp(w, PORT, { to: family === 6 ? w.server.six : w.server.four })],
    came: (w) => [{
      outcomes: ["broken", "refused"],
      codes: ["application-reset"],
      says: { who: new RegExp(`\\b${w.server.at.role}\\b|\\b${w.server.node}\\b`) },
    }],
  })
);

const silentTcp = ([
  { id: "routed", world: routed({ pods: true }), family: 4 },
  { id: "switch", world: switched(), family: 6 },
  { id: "two-routers", world: twoRouters, family: 4 },
] as Place[]).map(({ id, world, family }) =>
  fault({
    id: `application-silent-${id}`,
    code: "application-silent",
    world,
    fault: { servers: (w) => [web(w.server.at, family, "silent")] },
    near: {
      what: "the program of another port says nothing, and nobody asks it",
      servers: (w) => [
        web(w.server.at, family, "answer"),
        web(w.server.at, family, "silent", OTHER),
      ],
    },
    servers: (w) => [web(w.server.at, family, "answer")],
    talks: (w) => [
      tcp(w, PORT, {
        to: family === 6 ? w.server.six : w.server.four,
        timeoutMs: 2_500,
        staysOpen: true,
      }),
    ],
    restsOnSilence: true,
    came: (w) => [{
      outcomes: ["unanswered", "broken"],
      codes: ["application-silent"],
      says: { who: new RegExp(`\\b${w.server.at.role}\\b|\\b${w.server.node}\\b`) },
    }],
  })
);

const silentUdp = ([
  { id: "overlay", world: overlay({ mode: "bridged" }), family: 4 },
  { id: "bridge", world: pods, family: 6 },
] as Place[]).map(({ id, world, family }) =>
  fault({
    id: `application-silent-udp-${id}`,
    code: "application-silent",
    world,
    // It is bound, and never reads: of one that reads and has nothing to say, nothing can be known.
    fault: { servers: (w) => [server(w, "udp", PORT, { family, does: "idle" })] },
    near: {
      what: "another program of the server says nothing, and nobody asks it",
      servers: (w) => [
        udpServer(w.server.at, { port: PORT, family }),
        udpSink(w.server.at, { port: OTHER, family }),
      ],
    },
    servers: (w) => [udpServer(w.server.at, { port: PORT, family })],
    talks: (w) => [
      udp(w, PORT, { to: family === 6 ? w.server.six : w.server.four, timeoutMs: 3_000 }),
    ],
    restsOnSilence: true,
    came: () => [{ outcomes: ["unanswered"], codes: ["application-silent"] }],
  })
);

export const applications: AnySpec[] = [...resets, ...silentTcp, ...silentUdp];
