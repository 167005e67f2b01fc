import { deepEqual as equal } from "node:assert/strict";
import { virtualServices, wireguardPeers } from "./datapaths.ts";

const IPVS = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A600401:0050 rr  
UDP  0A600401:0035 wlc persistent 360 FFFFFFFF
  -> 0ACC0102:0035      Masq    1      0          0         
  -> 0ACC0103:0035      Route   0      0          2         
TCP  [2001:0db8:0000:0000:0000:0000:0000:0001]:01BB rr  
  -> [fd00:0000:0000:0000:0000:0000:0000:0002]:01BB      Tunnel  10     0          0         
FWM  00000064 rr 
  -> 7F000001:0000      Local   1      0          0         
`;

Deno.test("virtualServices reads services with their servers, by address and by mark", () => {
  equal(virtualServices(IPVS), [
    { protocol: "tcp", address: "10.96.4.1", port: 80, scheduler: "rr", servers: [] },
    {
      ...{ protocol: "udp", address: "10.96.4.1", port: 53, scheduler: "wlc" },
      servers: [
        { address: "10.204.1.2", port: 53, forward: "Masq", weight: 1 },
        { address: "10.204.1.3", port: 53, forward: "Route", weight: 0 },
      ],
    },
    {
      ...{ protocol: "tcp", address: "2001:db8::1", port: 443, scheduler: "rr" },
      servers: [{ address: "fd00::2", port: 443, forward: "Tunnel", weight: 10 }],
    },
    {
      ...{ mark: 100, scheduler: "rr" },
      servers: [{ address: "127.0.0.1", port: 0, forward: "Local", weight: 1 }],
    },
  ]);
  equal(virtualServices(""), []);
  equal(virtualServices("TCP  nonsense rr\n  -> 0ACC0102:0035 Masq 1 0 0\n"), []);
});

Deno.test("wireguardPeers joins what wg prints of each peer, and no key is taken for another's", () => {
  const allowed = "wg0\tAAA=\t10.0.0.1/32 10.2.0.0/16\nwg0\tBBB=\t(none)\nwg1\tAAA=\t::/0\n";
  const endpoints = "wg0\tAAA=\t192.0.2.1:51820\nwg0\tBBB=\t(none)\nwg1\tAAA=\t(none)\n";
  const handshakes = "wg0\tAAA=\t1790000000\nwg0\tBBB=\t0\nwg1\tAAA=\t0\n";
  equal(wireguardPeers(allowed, endpoints, handshakes, "1790000180\n"), [
    {
      ...{ device: "wg0", key: "AAA=", endpoint: "192.0.2.1:51820" },
      ...{ allowed: ["10.0.0.1/32", "10.2.0.0/16"], hasShakenHands: true },
    },
    { device: "wg0", key: "BBB=", allowed: [], hasShakenHands: false },
    { device: "wg1", key: "AAA=", allowed: ["::/0"], hasShakenHands: false },
  ]);
  equal(wireguardPeers("", "", "", ""), []);
  const [later] = wireguardPeers(allowed, endpoints, handshakes, "1790000181\n");
  equal(later?.isSessionOver, true);
});

Deno.test("wireguardPeers reads endpoints whose device is named once, as wireguard-tools 1.0.20210914 does", () => {
  const allowed = "wg0\tAAA=\t10.0.0.1/32\nwg0\tBBB=\t10.0.0.2/32\nwg2\tCCC=\t(none)\n";
  // wg1 has no peer, so that its name stands before the next device's.
  const endpoints =
    "wg0\tAAA=\t192.0.2.1:51\nBBB=\t[2001:db8::2]:51\nwg1\twg2\tCCC=\t192.0.2.3:51\n";
  equal(
    wireguardPeers(allowed, endpoints, "", "0\n").map(({ device, key, endpoint }) =>
      `${device} ${key} ${endpoint}`
    ),
    ["wg0 AAA= 192.0.2.1:51", "wg0 BBB= [2001:db8::2]:51", "wg2 CCC= 192.0.2.3:51"],
  );
});
