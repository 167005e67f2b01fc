import { deepStrictEqual as equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { FILTER_DEPTH_MAX, parseFilter, printFilter } from "./mod.ts";
import { LasthopError } from "../error.ts";
import { anyFilter } from "./arbitrary.ts";

const canonical = (text: string) => printFilter(parseFilter(text));

/** What is read, and its canonical text. Precedence and inheritance were compared with libpcap. */
const READ: [string, string][] = [
  ["", ""],
  [" \t\n", ""],
  ["tcp or udp and port 53", "(tcp or udp) and port 53"],
  ["tcp and udp or port 53", "(tcp and udp) or port 53"],
  ["not host 1.1.1.1 or port 1", "not host 1.1.1.1 or port 1"],
  ["not host 1.1.1.1 and 2.2.2.2", "not host 1.1.1.1 and host 2.2.2.2"],
  ["not (host 1.1.1.1 or 2.2.2.2)", "not (host 1.1.1.1 or host 2.2.2.2)"],
  ["!tcp&&!(port 80||443)", "not tcp and not (port 80 or port 443)"],
  ["tcp port 80 or 443", "tcp port 80 or tcp port 443"],
  ["tcp port 80 and host 1.1.1.1 or 2.2.2.2", "(tcp port 80 and host 1.1.1.1) or host 2.2.2.2"],
  ["port (80 or 443) or 22", "port 80 or port 443 or port 22"],
  ["host 1.1.1.1 or (2.2.2.2 or 3.3.3.3)", "host 1.1.1.1 or host 2.2.2.2 or host 3.3.3.3"],
  ["host 1.1.1.1 or not 2.2.2.2", "host 1.1.1.1 or not host 2.2.2.2"],
  ["port not 80", "not port 80"],
  ["src or dst host 1.1.1.1", "host 1.1.1.1"],
  ["dst and src port 7", "src and dst port 7"],
  ["src 1.1.1.1 or 2.2.2.2", "src host 1.1.1.1 or src host 2.2.2.2"],
  ["dst 10.0.0.0/8", "dst net 10.0.0.0/8"],
  ["10.0.0.1 and 10.0.0.0/8", "host 10.0.0.1 and net 10.0.0.0/8"],
  ["net 10", "net 10.0.0.0/8"],
  ["dst 10.0.0.7:https", "dst host 10.0.0.7 and dst port 443"],
  [
    "10.0.0.7:8080 and tcp",
    "((src host 10.0.0.7 and src port 8080) or (dst host 10.0.0.7 and dst port 8080)) and tcp",
  ],
  ["dst [2001:DB8::7]:https", "dst host 2001:db8::7 and dst port 443"],
  [
    "udp and [::1]:53",
    "udp and ((src host ::1 and src port 53) or (dst host ::1 and dst port 53))",
  ],
  ["net 10.1", "net 10.1.0.0/16"],
  ["net 10.1.2.3", "host 10.1.2.3"],
  ["net 10.0.0.0 mask 255.0.0.0", "net 10.0.0.0/8"],
  ["net 10.0.0.0 mask 255.0.255.0", "net 10.0.0.0 mask 255.0.255.0"],
  ["src net 10.0.0.0 / 8", "src net 10.0.0.0/8"],
  ["net 2001:DB8::/32 or ::", "net 2001:db8::/32 or host ::"],
  ["ip6 host ::1", "host ::1"],
  ["ip host 1.1.1.1 or 2.2.2.2", "ip host 1.1.1.1 or ip host 2.2.2.2"],
  ["arp src host 1.1.1.1", "arp src host 1.1.1.1"],
  ["host ::ffff:10.0.0.1", "host ::ffff:10.0.0.1"],
  ["host 2001:db8:0:0:1:0:0:1", "host 2001:db8::1:0:0:1"],
  ["portrange 100-1", "portrange 1-100"],
  ["udp dst portrange 80", "udp dst port 80"],
  ["port http or domain", "port 80 or port 53"],
  ["proto 47 or 50", "proto 47 or proto 50"],
  ["proto tcp or 17", "tcp or udp"],
  ["ip proto \\tcp", "ip proto 6"],
  ["ip proto icmp and ip6 proto 58", "icmp and icmp6"],
  ["proto 1", "proto 1"],
  ["icmp6 and host ::1", "icmp6 and host ::1"],
  ["TCP AND SCTP", "tcp and sctp"],
];

Deno.test("[F1] filters mean what pcap means by them", () => {
  for (const [text, should] of READ) equal(canonical(text), should, text);
});

/** Column, the start of what is wrong, and something of what it should be. */
const REFUSED: [string, number, string, string][] = [
  ["tcp or hots 1.2.3.4", 8, '"hots" is not a keyword', "must be one of host, net, src, dst"],
  ["ether host 1.1.1.1", 1, '"ether" is not supported', "one of host, net"],
  ["port 80 and vlan 5", 13, '"vlan" is not supported', "one of host"],
  ["host 1.1.1.1 or hots 2.2.2.2", 17, '"hots" is not a keyword', "one of host"],
  ["tcp and vlan 5", 9, '"vlan" is not supported', "one of host"],
  ["esp", 1, '"esp" is not a keyword', '"proto esp"'],
  ["host web-1", 6, '"web-1" is not an address', "names are not looked up"],
  ["host 10.1", 6, '"10.1" is not a whole address', "after net"],
  ["host 010.1.1.1", 6, '"010.1.1.1" is not an IP address', "like 192.0.2.1"],
  ["host fe80::1%eth0", 6, '"fe80::1%eth0" is not an IP', "like"],
  ["host 10.0.0.0/8", 14, '"/" masks a host', "after net"],
  ["net 10.0.0.1/8", 5, '"10.0.0.1" has bits outside of its mask', "10.0.0.0"],
  ["net 10.0.0.0/33", 14, '"33" is not a mask', "0 to 32"],
  ["net ::/0 mask 255.0.0.0", 10, '"mask" follows a whole term', "before it"],
  ["arp host ::1", 10, '"::1" is IPv6', 'IPv4 after "arp"'],
  ["ip6 net 10.0.0.0/8", 9, '"10.0.0.0" is IPv4', 'IPv6 after "ip6"'],
  ["tcp host 1.1.1.1", 5, '"host" does not go with "tcp"', "tcp and host"],
  ["tcp src 1.1.1.1", 9, '"1.1.1.1" does not go with "tcp"', "port or portrange"],
  ["ip port 80", 4, '"port" does not go with "ip"', "ip and port"],
  ["icmp host 1.1.1.1", 6, '"host" does not go with "icmp"', "icmp and"],
  ["arp proto 1", 5, '"proto" does not go with "arp"', "host or net"],
  ["src proto 6", 5, '"proto" has no source', "without src"],
  ["src or host 1.1.1.1", 8, '"host" cannot follow "src or"', "dst"],
  ["src tcp port 80", 5, '"tcp" is not a value', "port"],
  ["tcp port (80 or host 1.1.1.1)", 17, '"host" is not a value', "a port"],
  ["port 80 or 10.0.0.1", 12, '"10.0.0.1" is not a port', "0 to 65535"],
  ["port 65536", 6, '"65536" is not a port', "0 to 65535"],
  ["port 080", 6, '"080" is not a port', "0 to 65535"],
  ["port constructor", 6, '"constructor" is not a port', "http"],
  ["portrange 1-2-3", 11, '"1-2-3" is not a portrange', "two ports"],
  ["proto 256", 7, '"256" is not a protocol', "0 to 255"],
  ["443", 1, '"443" has no keyword', "after one of host"],
  ["tcp udp", 5, '"udp" follows a whole term', '"and" or "or" before it'],
  ["(tcp", 5, "the filter ends", '")" for column 1'],
  ["tcp)", 4, '")" closes nothing', "the end"],
  ["host", 5, "the filter ends", "an IP address"],
  ["tcp and", 8, "the filter ends", '"not", "(" or one of'],
  ["()", 2, '")" is not a term', '"not"'],
  ["ip[8] > 4", 3, '"[" is not supported', "without header bytes"],
  ["[2001:db8::1]", 1, '"[" is not supported', "without header bytes"],
  ["[2001:db8::zz]:80", 1, '"[" is not supported', "without header bytes"],
  ["[1:2]:80", 1, '"[1:2]:80" is not an IP address', "2001:db8::1"],
  ["[::1]:99999", 1, '"[::1]:99999" is not a port', "0 to 65535"],
  ["ip host [::1]:80", 9, '"[::1]:80" is IPv6', 'IPv4 after "ip"'],
  ["host \x1bc", 6, '"?c" is not an address', "an IP address"],
];

Deno.test("[F2] a filter nobody can read is refused with the place, what is and what should be", () => {
  for (const [text, column, is, should] of REFUSED) {
    const error = refusal(text);
    equal([error.code, error.exitCode], ["filter_malformed", 2], text);
    const [line, shown, caret] = error.message.split("\n");
    ok(line!.startsWith(`Cannot read filter at column ${column}: ${is}`), line);
    ok(line!.includes(", must be ") && line!.includes(should), line);
    equal(shown!.length, text.length + 2);
    equal(caret, " ".repeat(column + 1) + "^");
    // deno-lint-ignore no-control-regex
    ok(!/[\x00-\x09\x0b-\x1f]/.test(error.message), "no control characters reach the terminal");
  }
});

function refusal(text: string): LasthopError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof LasthopError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

Deno.test("[F3] length and depth are bounded, and a long filter is cut around the caret", () => {
  const fits = "tcp or ".repeat(285) + "tcp";
  equal(parseFilter(fits).kind, "or");
  throws(() => parseFilter(fits + " ".repeat(20)), /the filter has 2018 .* at most 2000/);
  const nest = (depth: number) => "not ".repeat(depth) + "tcp";
  equal(parseFilter(nest(FILTER_DEPTH_MAX)).kind, "not");
  throws(() => parseFilter(nest(FILTER_DEPTH_MAX + 1)), /nests 51 deep, must be at most 50/);
  throws(() => parseFilter("ip or tcp and ".repeat(30) + "ip"), /nests 60 deep/);
  throws(() => parseFilter("(".repeat(2000)), /the filter ends/);
  const [, shown, caret] = refusal("tcp or ".repeat(100) + "hots " + "or tcp ".repeat(100)).message
    .split("\n");
  equal(shown!.length, 82);
  equal(shown!.slice(caret!.length - 1).startsWith("hots"), true);
});

Deno.test("[F4] the canonical text reads back as the same filter", () => {
  fc.assert(
    fc.property(anyFilter, (text) => {
      const node = parseFilter(text);
      equal(parseFilter(printFilter(node)), node);
    }),
    { seed: 23, numRuns: 1000 },
  );
});

Deno.test("[F5] any text is read or refused, nothing else happens", () => {
  const word = fc.constantFrom(..."host net src dst port proto ip tcp and or not ( ) ! / - mask 1"
    .split(" "));
  const soup = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.array(fc.oneof(word, fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 4 })), { maxLength: 12 })
      .map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(soup, (text) => {
      try {
        equal(parseFilter(printFilter(parseFilter(text))), parseFilter(text));
      } catch (error) {
        ok(error instanceof LasthopError, String(error));
        equal(error.code, "filter_malformed");
      }
    }),
    { seed: 23, numRuns: 3000 },
  );
});
