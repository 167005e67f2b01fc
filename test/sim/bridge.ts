/** Bridges: to the port that has the address, to every port when none is known to. */
import type { Flight, Skb } from "./flight.ts";
import { receiveOn } from "./input.ts";
import { NOBODYS, transmit, wander } from "./output.ts";
import type { Device } from "./world.ts";

/** `from` is the port it came in by; null from the bridge device itself. */
export function enterBridge(flight: Flight, bridge: Device, from: Device | null, skb: Skb): void {
  const ports = bridge.netns.devices.filter((device) => device.master === bridge);
  if (skb.destinationMac === bridge.mac) {
    skb.packetType = "host";
    return receiveOn(flight, bridge, skb);
  }
  const known = bridge.fdb!.get(skb.destinationMac!);
  if (known) return transmit(flight, known, skb);
  const holder = ports.find((port) => port.peer?.mac === skb.destinationMac);
  for (const port of ports) {
    if (port === from || port === holder) continue;
    const copy = flight.clone(bridge.netns, { ...skb });
    flight.emit("device-tx", copy, bridge.netns, port);
    wander(flight, port.peer!, copy);
  }
  if (holder) return transmit(flight, holder, skb);
  flight.free(skb);
  flight.ended("dropped", bridge, NOBODYS);
}
