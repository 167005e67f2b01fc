import { deepStrictEqual as equal, match } from "node:assert/strict";
import { runLasthop, startLasthop } from "../../../test/fake/lasthop.ts";
import { ping, withWire } from "../../../test/fake/network.ts";
import { FakeApi } from "../../../test/kube/fake_api.ts";
import { pod, service, slice } from "../../../test/kube/objects.ts";
import { Report } from "../../event/report.ts";

Deno.test("trace --kubeconfig: ends have the API's names, and the archive keeps them without it", () =>
  withWire("lhps-kc-", async (wire) => {
    const api = new FakeApi();
    // The wire's own addresses are told by its nodes; this one is nobody's here.
    api.put("services", service("payments", "10.77.0.99"));
    api.put("pods", pod("</script>-0", "10.77.0.98"));
    const file = await Deno.makeTempFile();
    const archive = await Deno.makeTempFile();
    await Deno.writeTextFile(file, api.kubeconfig());
    const words = ["--kubeconfig", file, "--archive", archive, "--node", `a=${wire.a}`, "icmp"];
    try {
      const trace = await startLasthop(["trace", "--json", "--no-listen", ...words]);
      await trace.ready();
      await wire.inside(wire.a, ping("10.77.0.99")).catch(() => {});
      await wire.inside(wire.a, ping("10.77.0.98")).catch(() => {});
      const { code, stdout, stderr } = await trace.end();
      equal(code, 0, stderr);
      await api.close();
      const again = await runLasthop(["replay", "--json", archive]);
      for (const text of [stdout, again.stdout]) {
        const { flows, nodes } = Report.parse(JSON.parse(text));
        equal(nodes.map(({ name }) => name), ["a"]);
        const names = flows.map((
          { destination, destinationName },
        ) => [destination, destinationName]);
        equal(names.sort(), [
          ["10.77.0.98", "pod shop/</script>-0"],
          ["10.77.0.99", "service shop/payments"],
        ]);
      }
    } finally {
      await Promise.all([Deno.remove(file), Deno.remove(archive)]);
    }
  }));

Deno.test("trace svc/NAME: where it leads is followed while it is traced, and nothing else is told", () =>
  withWire("lhps-ks-", async (wire) => {
    const api = new FakeApi();
    api.put("services", service("payments", "10.77.0.99"));
    api.put("endpointslices", slice("payments", ["10.77.0.97"]));
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, api.kubeconfig());
    const ask = async (address: string) => {
      await wire.inside(wire.a, ping(address)).catch(() => {});
    };
    try {
      const words = ["--kubeconfig", file, "--node", `a=${wire.a}`, "-n", "shop", "svc/payments"];
      const trace = await startLasthop(["trace", "--json", "--no-listen", ...words]);
      await trace.ready();
      for (const last of [99, 97, 98, 2]) await ask(`10.77.0.${last}`);
      api.put("endpointslices", slice("payments", ["10.77.0.98"]));
      await trace.says("attached anew");
      for (const last of [98, 97]) await ask(`10.77.0.${last}`);
      const { code, stdout, stderr } = await trace.end();
      equal(code, 0, stderr);
      const { flows } = Report.parse(JSON.parse(stdout));
      const asked = flows.map(({ destination }) => destination.slice(8)).sort();
      // The one that went is still asked by who remembers it.
      equal(asked, ["97", "97", "98", "99"]);
    } finally {
      await api.close();
      await Deno.remove(file);
    }
  }));

Deno.test("trace --kubeconfig: a file that is none ends it before anything is started", async () => {
  const { code, stderr } = await runLasthop(["trace", "--kubeconfig", "/dev/null/none"]);
  equal(code, 1);
  match(stderr, /Cannot read kubeconfig \/dev\/null\/none: /);
});
