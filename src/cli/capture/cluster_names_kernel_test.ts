import { deepStrictEqual as equal, match } from "node:assert/strict";
import { runLasthop, startLasthop } from "../../../test/fake/lasthop.ts";
import { ping, withWire } from "../../../test/fake/network.ts";
import { FakeApi } from "../../../test/kube/fake_api.ts";
import { pod, service } from "../../../test/kube/objects.ts";
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

Deno.test("trace --kubeconfig: a file that is none ends it before anything is started", async () => {
  const { code, stderr } = await runLasthop(["trace", "--kubeconfig", "/dev/null/none"]);
  equal(code, 1);
  match(stderr, /Cannot read kubeconfig \/dev\/null\/none: /);
});
