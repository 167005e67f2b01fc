/**
 * The incidents through separate probe processes into workerd: the report is that which Deno makes
 * of the same batches, and names the cause.
 */
import { deepEqual, equal } from "node:assert/strict";
import { kernelTest, withLab } from "../../src/lab/kernel_testing.ts";
import { TOKEN, traced } from "./traced.ts";
import { startWorkerd } from "./workerd_server.ts";

const CAUSES = {
  I1: "destination-mac-mismatch",
  I2: "left-observed-network",
  I3: "tunnel-endpoint-unreachable",
  I4: "ip-forwarding-disabled",
};

for (const [id, cause] of Object.entries(CAUSES)) {
  kernelTest(`[C4] [${id}] separate processes into workerd: the report as on Deno`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
    try {
      const server = await startWorkerd({ data: folder, token: TOKEN });
      try {
        await withLab(id, { repaired: false }, async (lab) => {
          const { report, replayed } = await traced(lab, folder, { ...server, stop: server.kill });
          equal(report.flows[0]?.cause?.code, cause);
          deepEqual(replayed, report);
        });
      } finally {
        await server.kill();
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
