/**
 * A step of a build: opens an incident, starts probes, runs the tests, and fails when the network failed
 * while they ran. `build_step.ts NODES COMMAND [ARGUMENT …]`; the command `LASTHOP_PROBES` of a shell
 * starts the probes.
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { connect } from "./mod.ts";

const [nodes = "1", ...test] = process.argv.slice(2);
const { LASTHOP_INGEST: url = "http://127.0.0.1:8080", LASTHOP_TOKEN: token } = process.env;
const { LASTHOP_PROBES: probes = "true", LASTHOP_SETTLE_SECONDS: settle = "3" } = process.env;

/** Resolves with the exit code of a command, which has these variables. */
const run = ([program = "true", ...args]: string[], own: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const env = { ...process.env, LASTHOP_TOKEN: "", ...own };
    const child = spawn(program, args, { stdio: "inherit", env });
    child.once("error", reject).once("exit", (code) => resolve(code ?? 1));
  });

const incident = await connect({ url, token }).open({ title: test.join(" ") });
const env = { LASTHOP_INGEST: url, LASTHOP_INCIDENT: incident.id };
await run(["sh", "-c", probes], { ...env, LASTHOP_TOKEN: await incident.probeToken() });
console.log(`incident ${incident.id} is watched on ${await incident.untilNodes(Number(nodes))}`);
const failed = await run(test, env);
const { verdict, problems } = await incident.close({ settleSeconds: Number(settle) });
console.log(`the tests ended with ${failed}, the network is ${verdict}`);
for (const { outcome, protocol, to, cause, gap } of problems) {
  console.log(`- ${outcome}: ${protocol} to ${to.address} ${to.port ?? ""}`);
  console.log(`  ${cause === undefined ? gap ?? "" : `${cause.code}: ${cause.sentence}`}`);
}
// Nothing seen is no success: it was not the tests' network that was watched.
process.exitCode = failed || { failing: 1, unknown: 2, none: 2, healed: 0, well: 0 }[verdict];
