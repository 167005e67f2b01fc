import { equal } from "node:assert/strict";
import { npmToolOrWhy } from "../../deploy/npm_tool.ts";
import { startWorkerd } from "./workerd_server.ts";

const { why } = await npmToolOrWhy("workerd");
const title = "workerd without a ROOT_TOKEN lets nobody in, whatever they call themselves";

Deno.test({
  name: why === undefined ? title : `${title}, not tried: ${why}`,
  ignore: why !== undefined,
  async fn() {
    for (const token of [undefined, ""]) {
      const data = await Deno.makeTempDir({ prefix: "lasthop-test-" });
      const server = await startWorkerd({ data, token });
      try {
        for (const said of ["null", "undefined", "x"]) {
          const headers = { authorization: `Bearer ${said}` };
          const response = await fetch(`${server.url}/v1/incidents`, { headers });
          await response.body?.cancel();
          equal(response.status, 401, `"${said}" got in`);
        }
      } finally {
        await server.kill();
        await Deno.remove(data, { recursive: true });
      }
    }
  },
});
