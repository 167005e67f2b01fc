/** A frame that reaches a machine which is not meant: an address that two have, or that moved. */
import { webServer } from "../../../cases/traffic/servers.ts";
import { must } from "../../../cases/worlds/kube_proxy.ts";
import { type AnySpec, dropped, fault } from "../../bench/spec.ts";
import { type Office, office } from "../../worlds/office.ts";
import type { Host, Site } from "../../worlds/world.ts";
import { ping, tcp } from "../talks.ts";

interface Place {
  id: string;
  world(site: Site): Office;
  six?: boolean;
}

const places: Place[] = [
  { id: "machines", world: office("machines") },
  { id: "pods", world: office("pods") },
  { id: "machines-v6", world: office("machines"), six: true },
  { id: "behind-router", world: office("routed") },
];

/** What the sender of frames believes: as it learned from that host's own announcement. */
function believe({ asker }: Office, address: string, host: Host): Promise<string> {
  const entry = ["lladdr", host.mac, "dev", asker.device, "nud", "stale"];
  return must(asker.at, ["ip", "neigh", "replace", address, ...entry]);
}

const PORT = 8_080;
const length = (six?: boolean) => six ? "64 nodad" : "24";

const duplicates = places.map(({ id, world, six }) => {
  const asked = (w: Office) => six ? w.server.six : w.server.four;
  const give = (w: Office, address: string) =>
    void w.third.at.ip(`addr add ${address}/${length(six)} dev ${w.third.device}`);
  return fault<Office>({
    id: `address-duplicate-${id}`,
    code: "address-duplicate",
    world,
    fault: {
      lay: (w) => give(w, asked(w)),
      act: async (w) => void await believe(w, asked(w), w.third),
    },
    near: {
      what: "the third has another address, and is known by it",
      lay: (w) => give(w, six ? w.spare6 : w.spare),
      act: async (w) => void await believe(w, six ? w.spare6 : w.spare, w.third),
    },
    servers: (
      w,
    ) => [webServer(w.server.at, { port: PORT, family: six ? 6 : 4, does: "answer-at-end" })],
    talks: (w) => [tcp(w, PORT, { to: asked(w) })],
    came: (w) => [{
      outcomes: ["refused"],
      codes: ["address-duplicate"],
      alsoTrue: ["no-listener"],
      says: {
        "who else has it": /\bthird\b/,
        "the address": new RegExp(asked(w)),
      },
    }],
  });
});

const moved = places.map(({ id, world, six }) => {
  const asked = (w: Office) => six ? w.spare6 : w.spare;
  const give = (host: Host, w: Office) =>
    void host.at.ip(`addr add ${asked(w)}/${length(six)} dev ${host.device}`);
  return fault<Office>({
    id: `frame-to-wrong-node-${id}`,
    code: "frame-to-wrong-node",
    world,
    fault: { lay: (w) => give(w.server, w) },
    near: {
      what: "the address has not moved, another has",
      lay(w) {
        give(w.third, w);
        w.server.at.ip(`addr add ${w.spare.replace(/200$/, "201")}/24 dev ${w.server.device}`);
      },
      act: async (w) => void await believe(w, w.spare.replace(/200$/, "201"), w.server),
    },
    noTwin: true,
    before: async (w) => void await believe(w, asked(w), w.third),
    talks: (w) => [ping(w, { to: asked(w) })],
    came: () => [{
      outcomes: ["unanswered"],
      codes: ["frame-to-wrong-node"],
      // Where the frame went, and what that machine made of it, is true as well.
      alsoTrue: ["destination-mac-mismatch", "ip-forwarding-disabled"],
      says: { "who got it": /\bthird\b/, "who has it": /\bserver\b/ },
      remedy: true,
    }],
  });
});

/** The switch has an entry from when the server was at another port, and learns nothing newer. */
const stale = fault<Office>({
  id: "fdb-of-another-machine",
  code: "destination-mac-mismatch",
  world: office("watched"),
  fault: {
    lay: (w) =>
      w.wire.bridgeTool(`fdb replace ${w.server.mac} dev ${w.ports[2]} master static sticky`),
  },
  near: {
    what: "the entry is for the port that the server is at",
    lay: (w) =>
      w.wire.bridgeTool(`fdb replace ${w.server.mac} dev ${w.ports[1]} master static sticky`),
  },
  talks: (w) => [ping(w)],
  verdicts: (w) => [dropped([w.third.node, w.third.device], "destination-mac-mismatch")],
});

export const machines: AnySpec[] = [...duplicates, ...moved, stale];
