import { equal, match } from "node:assert/strict";
import { userOfPeer, whyNotOwnUser } from "./peer_user.ts";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  " +
  "timeout inode";

const row = (local: string, remote: string, uid: number, inode: number, state = "01") =>
  `   1: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${uid}        0 ` +
  `${inode} 1 0000000000000000 20 4 30 10 -1`;

const ENDS = { peer: { hostname: "127.0.0.1", port: 0x9c40 }, port: 0x1248 };
const SERVER = row("0100007F:1248", "0100007F:9C40", 0, 700);

Deno.test("the user of a connection is the one who has its other end open", () => {
  const table = [HEAD, SERVER, row("0100007F:9C40", "0100007F:1248", 65534, 701)].join("\n");
  equal(userOfPeer(ENDS, [table]), 65534);
  match(whyNotOwnUser(ENDS, [table])!, /uid 65534/);
  equal(whyNotOwnUser(ENDS, [table.replace("65534", String(Deno.uid()))]), null);
});

Deno.test("a closed end, which the kernel tells as root's, is nobody's", () => {
  const closed = [HEAD, SERVER, row("0100007F:9C40", "0100007F:1248", 0, 0, "05")].join("\n");
  equal(userOfPeer(ENDS, [closed]), null);
  equal(userOfPeer(ENDS, [HEAD, SERVER].map(String)), null);
  equal(userOfPeer(ENDS, []), null);
  match(whyNotOwnUser(ENDS, [closed])!, /can't be told/);
  match(whyNotOwnUser(undefined, [closed])!, /can't be told/);
});

Deno.test("other ports and addresses are other connections", () => {
  for (
    const other of [
      row("0100007F:9C41", "0100007F:1248", 5, 9),
      row("0100007F:9C40", "0100007F:1249", 5, 9),
      row("0200007F:9C40", "0100007F:1248", 5, 9),
    ]
  ) equal(userOfPeer(ENDS, [other]), null, other);
});

Deno.test("IPv6, and IPv4 from a socket of IPv6", () => {
  const own = "00000000000000000000000001000000";
  const six = row(`${own}:9C40`, `${own}:1248`, 7, 9);
  equal(userOfPeer({ ...ENDS, peer: { hostname: "::1", port: 0x9c40 } }, [HEAD, six]), 7);
  const mapped = "0000000000000000FFFF00000100007F";
  equal(userOfPeer(ENDS, [HEAD, row(`${mapped}:9C40`, `${mapped}:1248`, 8, 9)]), 8);
});
