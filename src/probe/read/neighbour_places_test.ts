import { strictEqual as equal } from "node:assert/strict";
import { fakeLink, fakeState } from "../../../test/fake/state.ts";
import type { Event } from "../../event/event.ts";
import { NeighbourPlaces } from "./neighbour_places.ts";

const about = (device: string, gateway: string): Event => ({
  kind: "neighbour",
  timeNs: 1n,
  cpu: 0,
  device,
  gateway,
});

Deno.test("neighbour places: a device's name and a prefix on its link tell the namespace", () => {
  const places = new NeighbourPlaces();
  places.update(fakeState(1, { links: [fakeLink("eth0", ["10.0.0.1/24", "fd00::1/64"])] }));
  places.update(fakeState(2, { links: [fakeLink("eth0", ["10.0.1.1/24"])] }));
  equal(places.netnsOf(about("eth0", "10.0.0.9")), 1);
  equal(places.netnsOf(about("eth0", "10.0.1.9")), 2);
  equal(places.netnsOf(about("eth0", "fd00::9")), 1);
  equal(places.netnsOf(about("eth0", "10.0.2.9")), undefined);
  equal(places.netnsOf(about("eth1", "10.0.0.9")), undefined);
});

Deno.test("neighbour places: when two may be meant, none is", () => {
  const places = new NeighbourPlaces();
  for (const netns of [1, 2]) {
    places.update(fakeState(netns, { links: [fakeLink("eth0", [`10.0.0.${netns}/24`])] }));
  }
  equal(places.netnsOf(about("eth0", "10.0.0.9")), undefined);
  // Nobody asks for their own address.
  equal(places.netnsOf(about("eth0", "10.0.0.1")), 2);
});

Deno.test("neighbour places: a gateway outside every prefix is known from its route", () => {
  const places = new NeighbourPlaces();
  places.update(fakeState(1, {
    links: [fakeLink("eth0", ["10.244.0.5/32"])],
    routes: [
      { family: 4, table: 254, type: "unicast", destination: "169.254.1.1/32", device: "eth0" },
    ],
  }));
  equal(places.netnsOf(about("eth0", "169.254.1.1")), 1);
  equal(places.netnsOf(about("eth0", "169.254.1.2")), undefined);
});
