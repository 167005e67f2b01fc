/** The dashboard against Grafana's own schema of dashboards, as npm has it, and a queries' reader. */
import { equal, match } from "node:assert/strict";
import { execa } from "execa";
import { npmToolOrWhy } from "../../deploy/npm_tool.ts";

const { modules, why } = await npmToolOrWhy("exports");
if (why !== undefined) console.log(`Grafana's schema left out: ${why}`);
const ignore = modules === undefined;

const file = await Deno.readTextFile(
  new URL("../../deploy/grafana/lasthop.json", import.meta.url),
);

/** Exit code and words of the type checker on a file that says that `json` is a dashboard. */
async function checked(json: string): Promise<{ exitCode: number | undefined; all: string }> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    await Deno.symlink(modules!, `${folder}/node_modules`);
    await Deno.writeTextFile(`${folder}/deno.json`, '{"nodeModulesDir":"manual"}');
    await Deno.writeTextFile(
      `${folder}/dashboard.ts`,
      `import type { Dashboard } from
  "./node_modules/@grafana/schema/dist/types/raw/dashboard/x/types.gen.d.ts";
/** What JSON has in place of an enum. */
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
export const dashboard: Plain<Dashboard> = ${json};
`,
    );
    const args = ["check", "--config", "deno.json", "dashboard.ts"];
    const { exitCode, all } = await execa(Deno.execPath(), args, {
      reject: false,
      all: true,
      stdin: "ignore",
      cwd: folder,
      env: { NO_COLOR: "1" },
    });
    return { exitCode, all: String(all) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "the dashboard is one by Grafana's schema, which knows a misspelled field",
  ignore,
  async fn() {
    const { exitCode, all } = await checked(file);
    equal(exitCode, 0, all);
    const misspelled = file.replace('"editable"', '"editible"');
    match((await checked(misspelled)).all, /'"editible"' does not exist|may only specify known/);
  },
});
