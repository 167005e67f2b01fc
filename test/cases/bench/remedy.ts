/** What a report advises, done for real: the same traffic must pass then. */
import { run } from "../../../src/lab/process.ts";
import type { AnyCase, Must, Place } from "./case.ts";
import { causesOf } from "./exchange.ts";
import { type Complaint, isMeant } from "./judge.ts";
import type { Traced } from "./trace.ts";

/**
 * Types the commands of the causes that a case demands, one after another, until its traffic passes.
 * Lines that are a comment for a shell are only to be read. A case that demands no remedy is left as
 * it is.
 */
export async function healed(
  one: AnyCase,
  place: Place,
  traced: readonly Traced[],
  traffic: () => Promise<string>,
): Promise<Complaint[]> {
  const musts = (one.musts(place) as Must[]).filter((must) => must.heals);
  if (musts.length === 0) return [];
  const causes = traced.flatMap(({ ask, report }) =>
    musts.filter((must) => must.ask === undefined || must.ask === ask.name).flatMap((must) =>
      report.exchanges.filter((exchange) => isMeant(exchange, must)).flatMap(causesOf)
        .filter(({ code }) => must.codes.includes(code))
    )
  );
  const lines = new Set(causes.flatMap(({ remedy = [] }) => remedy));
  const commands = [...lines].filter((line) => !line.startsWith("#"));
  if (commands.length === 0) return [{ mark: "weak", text: "must have a remedy, has none" }];
  let said = "";
  for (const line of commands) {
    const { exitCode, stderr } = await run(["sh", "-c", line]);
    if (exitCode !== 0) {
      return [{ mark: "wrong", text: `the remedy "${line}" fails: ${stderr.trim()}` }];
    }
    said = await traffic();
    if (one.well.test(said)) return [];
  }
  return [{ mark: "wrong", text: `the remedy does not heal: ${commands.join("; ")}: ${said}` }];
}
