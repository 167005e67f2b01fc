import { equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import { fits, fitsAlone } from "./flow_fits.ts";

const six: Partial<Event> = {
  ...{ device: "va", network: "ip6", protocol: 58, icmpType: 135, icmpCode: 0, ttl: 255 },
  ...{ source: "fd00::2", destination: "ff02::1:ff00:9" },
};

Deno.test("fits compares IPv6 addresses under their masks, and ICMPv6", () => {
  const match = (text: string) => fits(text, six, undefined);
  equal(match("in_port(va),eth_type(0x86dd),ipv6(src=fd00::/ffff::,proto=58,frag=no)"), true);
  equal(match("eth_type(0x86dd),ipv6(src=fe80::/ffff::)"), false);
  equal(match("eth_type(0x0800),ipv4(frag=no)"), false);
  equal(match("ipv6(dst=ff02::1:ff00:0/ffff:ffff:ffff:ffff:ffff:ffff:ff00:0)"), true);
  equal(match("ipv6(hlimit=255),icmpv6(type=135)"), true);
  equal(match("icmpv6(type=136/0xfe)"), false);
  equal(match("ipv6(hlimit=64)"), false);
});

Deno.test("what is not known of a packet, or no field that it has, does not speak against a flow", () => {
  equal(fits("ct_state(+new+trk),recirc_id(0x7),tcp_flags(syn)", six, undefined), true);
  equal(fits("tunnel(tun_id=0x4d,src=192.0.2.2)", six, undefined), true);
  equal(fits("ipv4(src=10.0.0.1),tcp(dst=443)", { device: "va" }, undefined), true);
  // Of a tagged frame the type is that of the tag.
  equal(fits("eth_type(0x8100),vlan(vid=7,pcp=0)", { ...six, vlan: 7 }, undefined), true);
  equal(fits("eth_type(0x8100)", six, undefined), false);
  equal(fits("", six, undefined), true);
});

Deno.test("an outer header counts as it was while it was there", () => {
  const tunnel = { tunnelId: 77, tunnelSource: "192.0.2.2" } as const;
  equal(fits("tunnel(tun_id=0x4d,src=192.0.2.2,flags(-df+key))", six, tunnel), true);
  equal(fits("tunnel(tun_id=0x4e)", six, tunnel), false);
  equal(fits("tunnel(src=192.0.2.3)", six, tunnel), false);
});

Deno.test("names of fields that are no fields mean nothing", () => {
  const text = "constructor(x),__proto__(y),hasOwnProperty(z),ipv6(toString=1,__proto__=2),((,=";
  equal(fits(text, six, undefined), true);
});

Deno.test("a packet met no other flow where each field is known to be its own", () => {
  const packet: Partial<Event> = {
    ...{ device: "va", network: "ip4", protocol: 6, destinationPort: 80 },
    ...{ sourceMac: "02:00:00:00:0a:02", destinationMac: "02:00:00:00:0b:02" },
  };
  const start = "recirc_id(0),in_port(va),eth(src=02:00:00:00:0a:02),eth_type(0x0800)";
  equal(fitsAlone(`${start},ipv4(proto=6,frag=no),tcp(dst=80)`, packet), true);
  // Connection tracking, flags and sizes are not known of it, and it may have come back.
  equal(fitsAlone(`${start},ct_state(+new)`, packet), false);
  equal(fitsAlone(`${start},ipv4(proto=6,tos=0/0x3)`, packet), false);
  equal(fitsAlone(start.replace("recirc_id(0)", "recirc_id(0x1)"), packet), false);
  equal(fitsAlone(start.replace("recirc_id(0),", ""), packet), false);
  equal(fitsAlone(`${start},tcp(dst=81)`, packet), false);
  equal(fitsAlone(`${start},ipv4(frag=no)`, { ...packet, fragmentOffset: 0 }), false);
  equal(fitsAlone(start, { ...packet, sourceMac: undefined }), false);
});
