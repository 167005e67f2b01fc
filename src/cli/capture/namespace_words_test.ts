import { equal, throws } from "node:assert/strict";
import { withAddresses } from "./namespace_words.ts";

const LOOKUP = () => ({
  names: new Set(["podns", "web-1", "tcp", "80", "none"]),
  addressesOf: (name: string) =>
    ({ podns: ["10.0.0.2", "2001:db8::2"], "web-1": ["10.0.0.3"] })[name] ?? [],
});

const read = (filter: string) => withAddresses(filter, LOOKUP);

Deno.test("a namespace's name stands for its addresses, wherever a term may stand", () => {
  const pod = "(host 10.0.0.2 or host 2001:db8::2)";
  equal(read("podns"), pod);
  equal(read("not (podns or web-1) and tcp"), `not (${pod} or (host 10.0.0.3)) and tcp`);
  equal(read("podns and port 80"), `${pod} and port 80`);
});

Deno.test("what a filter can be read as stays so, and a mistyped word is left to its reader", () => {
  for (const filter of ["", "tcp", "tcp port 80", "host 10.0.0.1 or 80", "pdons"]) {
    equal(read(filter), filter);
  }
});

Deno.test("a namespace without addresses is no filter", () => {
  throws(() => read("none"), { code: "usage", message: /namespace "none" has 0 addresses/ });
});
