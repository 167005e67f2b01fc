/** Digests of datagrams without an id, and by which secret they are. */
import { equal } from "node:assert/strict";
import { digestOf, haveOtherDigests, secretOf } from "../../event/digest.ts";
import type { Event } from "../../event/event.ts";
import { bySecret } from "./digests.ts";

Deno.test("[C6] [O30] a digest says by which secret it is, and only those of one secret are compared", () => {
  const told = (digest: number | undefined, secretNumber: number) => {
    const event: Event = { kind: "device-rx", timeNs: 1n, cpu: 0 };
    if (digest !== undefined) event.digest = digest;
    bySecret(event, secretNumber);
    return event;
  };
  const [one, same, other, another, none] = [
    told(0xffffffff, 65_536),
    told(0xffffffff, 65_536),
    told(0xfffffffe, 65_536),
    told(0xfffffffe, 7),
    told(undefined, 7),
  ];
  equal(digestOf(one!), 0xffffffff);
  equal(secretOf(one!.digest!), 65_536);
  equal(none!.digest, undefined);
  const differ = (a: Event, b: Event) => haveOtherDigests(a.digest, b.digest);
  equal(differ(one!, same!), false);
  equal(differ(one!, other!), true);
  equal(differ(one!, another!), false, "nobody can tell");
  equal(differ(one!, none!), false, "nobody can tell");
});
