import { deepEqual, equal, throws } from "node:assert/strict";
import { lab } from "./lab.ts";
import { probe } from "./probe.ts";
import { readOrigin, serve } from "./serve.ts";
import { trace } from "./trace.ts";

const ask = { ingest: "http://127.0.0.1:4680" };

Deno.test("trace joins the filter's words and may move to a free port unasked", () => {
  const { filter, listen, nodes, failOn } = trace.read(["host", "10.0.0.1"], {});
  equal(filter, "host 10.0.0.1");
  deepEqual(listen, { hostname: "127.0.0.1", port: 4680, anyPortIfBusy: true });
  deepEqual([nodes, failOn], [[], []]);
  equal(trace.read([], { listen: false }).listen, null);
});

Deno.test("what is seen is kept unless told not to, and a file that is named is the one", () => {
  const kept = (flags: Parameters<typeof trace.read>[1]) => {
    const { archive, keeps } = trace.read([], flags);
    return [archive, keeps];
  };
  deepEqual(kept({}), [undefined, true]);
  deepEqual(kept({ archive: "/tmp/a.gz" }), ["/tmp/a.gz", true]);
  deepEqual(kept({ archive: false }), [undefined, false]);
});

Deno.test("a filter that cannot be read is a usage error before anything begins", () => {
  const words = ["host", "10.0.0.300"];
  const refused = { exitCode: 2, code: "filter_malformed" };
  throws(() => trace.read(words, {}), refused);
  throws(() => probe.read(words, { ...ask, incident: "i1" }), refused);
});

Deno.test("probe listens nowhere unless told to, and takes one kind of name", () => {
  equal(probe.read([], { ...ask, incident: "i1" }).listen, null);
  const both = { ...ask, incident: "i1", name: "a", node: [{ name: "b", netns: ["x"] }] };
  throws(() => probe.read([], both), /Cannot use --name with --node/);
});

Deno.test("serve goes without tokens on loopback only, and keeps to its port", () => {
  const everywhere = { hostname: "0.0.0.0", port: 4680, anyPortIfBusy: false };
  equal(serve.read([], { auth: false }).listen.anyPortIfBusy, false);
  equal(serve.read([], { auth: true, listen: everywhere }).auth, true);
  throws(
    () => serve.read([], { auth: false, listen: everywhere }),
    /must be a loopback address/,
  );
});

Deno.test("serve reads limits together, the last of a name counts", () => {
  const { limits, allowOrigins } = serve.read([], {
    auth: true,
    limit: ["viewersMax=5", "bytesTotalMax=1Gi", "viewersMax=7"],
  });
  deepEqual([limits!.viewersMax, limits!.store!.bytesTotalMax], [7, 2 ** 30]);
  deepEqual(allowOrigins, []);
  throws(() => serve.read([], { auth: true, limit: ["x=1"] }), /"x=1" is not known/);
});

Deno.test("lab needs an incident to bring one up, and none to run them all", () => {
  throws(() => lab.read("up", undefined, {}), /no INCIDENT given/);
  equal(lab.read("run", undefined, {}).incident, undefined);
});

Deno.test("readOrigin takes what browsers send as Origin, and adds to those before it", () => {
  equal(readOrigin("https://b.example:8443", ["https://a.example"]).length, 2);
  for (const text of ["*", "null", "https://a.example/", "a.example", "file:///x", "https://A.b"]) {
    throws(() => readOrigin(text), /is not an origin, must be https:/, text);
  }
});
