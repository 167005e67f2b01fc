import { deepStrictEqual as equal } from "node:assert/strict";
import { parseFilter } from "../../event/filter/mod.ts";
import { connectionQuery } from "./connection_query.ts";

const wordsOf = (filter: string) => connectionQuery(parseFilter(filter)).words;

Deno.test("connections are looked for by words that each line of one must have", () => {
  equal(wordsOf("host 10.0.0.1 and udp port 53"), ["src=10.0.0.1 ", "dst=10.0.0.1 "]);
  equal(wordsOf("udp port 53"), ["sport=53 ", "dport=53 "]);
  equal(wordsOf("host fd00::1"), [
    ...["src=fd00::1 ", "dst=fd00::1 "],
    "src=fd00:0000:0000:0000:0000:0000:0000:0001 ",
    "dst=fd00:0000:0000:0000:0000:0000:0000:0001 ",
  ]);
  equal(wordsOf("host 10.0.0.1 or port 53").length, 4);
});

Deno.test("no word is asked of a line where one without may match", () => {
  for (const filter of ["", "udp", "not host 10.0.0.1", "net 10.0.0.0/8", "host 10.0.0.1 or udp"]) {
    equal(wordsOf(filter), [], filter);
  }
});

Deno.test("a connection is meant by its ends before or after translation", () => {
  const connection = {
    protocol: 17,
    original: {
      ...{ source: "10.244.1.2", destination: "10.96.0.10" },
      ...{ sourcePort: 40_000, destinationPort: 53 },
    },
    reply: {
      ...{ source: "10.244.1.3", destination: "10.244.1.2" },
      ...{ sourcePort: 53, destinationPort: 40_000 },
    },
    status: [],
  };
  const concerns = (filter: string) => connectionQuery(parseFilter(filter)).concerns(connection);
  equal(concerns("host 10.96.0.10 and udp port 53"), true);
  equal(concerns("src host 10.244.1.3"), true);
  equal(concerns("host 10.244.1.3 and host 10.96.0.10"), false);
  equal(concerns("host 10.96.0.10 and tcp"), false);
});
