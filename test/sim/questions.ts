/** What a kernel sends to learn a neighbour's link address, while nobody answers. */
import type { Fields, Flight, Skb } from "./flight.ts";
import type { Device } from "./world.ts";

/** Three times at most, a second apart. */
const TIMES = 3;
const APART_NS = 1e9;

const TO_ALL = "ff:ff:ff:ff:ff:ff";
const TO_GROUP = "33:33:ff:00:00:01";

/** Tells its questions for `hop`'s address, from now on; nobody receives them. */
export function askInVain(flight: Flight, device: Device, hop: string): void {
  const source = ownAddress(device, hop);
  if (source === undefined) return;
  const { now } = flight;
  for (let i = 0; i < TIMES; i++) {
    flight.now = now + i * APART_NS;
    if (flight.now > flight.sim.endAt) break;
    const skb: Skb = { ...flight.make(device.netns, FIELDS), packetType: "outgoing" };
    flight.emit("device-tx", skb, device.netns, device, question(device, source, hop));
    flight.free(skb);
  }
  flight.now = now;
}

/** They are what `question` says. */
const FIELDS: Fields = {
  ...{ network: "ip4", protocol: 0, source: "", destination: "", ttl: 255 },
  ...{ ipLength: 28, payload: 0 },
};

const ownAddress = ({ addresses }: Device, hop: string): string | undefined =>
  addresses.find(({ address }) => address.includes(":") === hop.includes(":"))?.address;

function question({ mac }: Device, source: string, hop: string): Record<string, unknown> {
  const none = { protocol: undefined, ttl: undefined, ipLength: undefined, payload: undefined };
  const of = { sourceMac: mac, length: 42 };
  if (!hop.includes(":")) {
    const arp = { network: "arp", arpOperation: 1, arpSenderMac: mac, destinationMac: TO_ALL };
    return { ...none, ...of, ...arp, source, destination: hop };
  }
  const solicitation = { protocol: 58, icmpType: 135, icmpCode: 0, gateway: hop, ttl: 255 };
  return {
    ...{ ...none, ...of, ...solicitation, network: "ip6", ipLength: 72, payload: 24, length: 86 },
    ...{ source, destination: "ff02::1:ff00:1", destinationMac: TO_GROUP },
  };
}
