import { equal } from "node:assert/strict";
import type { Batch } from "./input.ts";
import { wantedFilter } from "./wanted_filter.ts";

const of = (filter: string, ...asked: string[]) =>
  wantedFilter({
    filter,
    batches: asked.map((filter) => ({ header: { filter } } as unknown as Batch)),
  });

Deno.test("an incident's own filter holds, whatever its probes were asked for", () => {
  equal(of("tcp", "udp", ""), "tcp");
  equal(of("tcp"), "tcp");
});

Deno.test("an incident without a filter takes what its probes were asked for, in any order", () => {
  equal(of(""), "");
  equal(of("", "udp", " udp "), "udp");
  equal(of("", "udp", "tcp or icmp"), "(tcp or icmp) or (udp)");
  equal(of("", "tcp or icmp", "udp"), "(tcp or icmp) or (udp)");
});

Deno.test("nothing is left out when a probe wants all, or a filter can't be read or be too long", () => {
  equal(of("", "udp", ""), "");
  equal(of("", "udp", "words of a newer probe"), "");
  equal(of("", "udp", "("), "");
  const many = Array.from({ length: 200 }, (_, i) => `host 10.0.0.${i}`);
  equal(of("", ...many), "");
});
