import { deepEqual, equal, throws } from "node:assert/strict";
import * as flags from "./flags.ts";

const ask = { ingest: "http://127.0.0.1:4680" };

Deno.test("traceOptions joins the filter's words and may move to a free port unasked", () => {
  const { filter, listen, nodes, failOn } = flags.traceOptions(["host", "10.0.0.1"], {});
  equal(filter, "host 10.0.0.1");
  deepEqual(listen, { hostname: "127.0.0.1", port: 4680, anyPortIfBusy: true });
  deepEqual([nodes, failOn], [[], []]);
  equal(flags.traceOptions([], { listen: false }).listen, null);
});

Deno.test("a filter that cannot be read is a usage error before anything begins", () => {
  for (const read of [flags.traceOptions, flags.probeOptions]) {
    const options = { ...ask, incident: "i1" };
    throws(() => read(["host", "10.0.0.300"], options), { exitCode: 2, code: "filter_malformed" });
  }
});

Deno.test("probeOptions listens nowhere unless told to, and takes one kind of name", () => {
  equal(flags.probeOptions([], { ...ask, incident: "i1" }).listen, null);
  const both = { ...ask, incident: "i1", name: "a", node: [{ name: "b", netns: ["x"] }] };
  throws(() => flags.probeOptions([], both), /Cannot use --name with --node/);
});

Deno.test("serveOptions goes without tokens on loopback only, and keeps to its port", () => {
  const everywhere = { hostname: "0.0.0.0", port: 4680, anyPortIfBusy: false };
  equal(flags.serveOptions({ auth: false }).listen.anyPortIfBusy, false);
  equal(flags.serveOptions({ auth: true, listen: everywhere }).auth, true);
  throws(
    () => flags.serveOptions({ auth: false, listen: everywhere }),
    /must be a loopback address/,
  );
});

Deno.test("serveOptions reads limits together, the last of a name counts", () => {
  const { limits, allowOrigins } = flags.serveOptions({
    auth: true,
    limit: ["viewersMax=5", "bytesTotalMax=1Gi", "viewersMax=7"],
  });
  deepEqual([limits!.viewersMax, limits!.store!.bytesTotalMax], [7, 2 ** 30]);
  deepEqual(allowOrigins, []);
  throws(() => flags.serveOptions({ auth: true, limit: ["x=1"] }), /"x=1" is not known/);
});

Deno.test("labOptions needs an incident to bring one up, and none to run them all", () => {
  throws(() => flags.labOptions("up", undefined, {}), /no INCIDENT given/);
  equal(flags.labOptions("run", undefined, {}).incident, undefined);
});
