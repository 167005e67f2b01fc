import { deepEqual, equal } from "node:assert/strict";
import { isQuick, selectFiles } from "./files.ts";

const all = ["src/a/route_test.ts", "src/a/socket_kernel_test.ts", "test/b_network_test.ts"];

Deno.test("selectFiles takes a file, a folder, a part of a path, and a word of a test's name", () => {
  deepEqual(selectFiles(all, [], "/r"), { files: all, words: [] });
  deepEqual(selectFiles(all, ["/r/src/a"], "/r"), { files: all.slice(0, 2), words: [] });
  deepEqual(selectFiles(all, ["/r/src/a/route_test.ts"], "/r"), { files: [all[0]], words: [] });
  deepEqual(selectFiles(all, ["socket"], "/r"), { files: [all[1]], words: ["socket"] });
  deepEqual(selectFiles(all, ["R9"], "/r"), { files: [], words: ["R9"] });
});

Deno.test("isQuick leaves out what needs the kernel, a browser, workerd, the network, the whole program or long", () => {
  deepEqual(all.map(isQuick), [true, false, false]);
  equal(isQuick("src/web/page_browser_test.ts"), false);
  equal(isQuick("test/edge/store_workerd_test.ts"), false);
  equal(isQuick("src/cli/commands/serve_system_test.ts"), false);
  equal(isQuick("test/sim/canaries_long_test.ts"), false);
});
