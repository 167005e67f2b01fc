/** Sets of ipset as its tool prints them. */
import { deepEqual, equal } from "node:assert/strict";
import { Gaps } from "./bounds.ts";
import { readIpsets } from "./ipset.ts";

const SAVED =
  `create cali40masq hash:net family inet hashsize 1024 maxelem 1048576 bucketsize 12 initval 0x1
add cali40masq 10.244.0.0/16
add cali40masq 10.244.9.0/24 nomatch
create six hash:ip,port family inet6 hashsize 64 maxelem 65536 timeout 600 counters comment
add six fd00::1,tcp:80 timeout 12 packets 0 bytes 0 comment "a b"
create masked hash:ip family inet netmask 24 hashsize 64 maxelem 65536
add masked 10.0.0.0
create ports bitmap:port range 0-1024
create lists list:set size 8 timeout 60
add lists ports timeout 9
create ways hash:net,iface family inet hashsize 64 maxelem 65536 bucketsize 12 initval 0x2 comment
add ways 10.0.0.0/8,cali wildcard nomatch comment "a wildcard"
add ways 10.1.0.0/16,eth0 comment "nomatch wildcard"
`;

const section = (stdout: string, status: number | undefined = 0) => ({
  ...{ name: "ipset", stdout, stderr: "", status },
});

Deno.test("sets of ipset have their type, family and elements; what can't be understood is left out", () => {
  const gaps = new Gaps();
  const sets = readIpsets(section(SAVED), gaps);
  deepEqual(sets.map(({ name, table, elements }) => [name, table, elements]), [
    ["cali40masq", "hash:net inet", ["10.244.0.0/16", "10.244.9.0/24 nomatch"]],
    ["six", "hash:ip,port inet6", ["fd00::1,tcp:80"]],
    ["ports", "bitmap:port inet", []],
    ["lists", "list:set inet", ["ports"]],
    ["ways", "hash:net,iface inet", ["10.0.0.0/8,cali wildcard nomatch", "10.1.0.0/16,eth0"]],
  ]);
  deepEqual([gaps.rows, sets.some(({ truncated }) => truncated)], [[], false]);
});

Deno.test("of a list that was cut the last set is not whole, and that is a gap", () => {
  const gaps = new Gaps();
  const sets = readIpsets(section(SAVED.slice(0, 140), undefined), gaps);
  deepEqual(sets.map(({ name, truncated }) => [name, truncated]), [["cali40masq", true]]);
  equal(gaps.rows[0]?.what, "sets of ipset");
  deepEqual(readIpsets(undefined, gaps), []);
});
