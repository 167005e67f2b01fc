/** What the score calls wrong, and what only undecided. */
import { deepEqual } from "node:assert/strict";
import type { ExchangeOutcome, Outcome } from "../../../src/event/codes.ts";
import type { Exchange, Flow, Report } from "../../../src/event/report.ts";
import { specs } from "../cases/all.ts";
import { CaseRun } from "./case_run.ts";
import { score } from "./score.ts";

const spec = specs.find(({ id }) => id === "accept-queue-full")!;
const PORT = 40_000;

/** Nobody took the connection: the flow of the fourth question, and what came of it. */
function marked(outcome: Outcome, exchangeOutcome: ExchangeOutcome) {
  const run = new CaseRun({ spec, kind: "fault" }, { prefix: "lhscore", key: "c0", seed: 1 });
  const talks = spec.talks(run.world!);
  run.sent = talks.map((_, i) => ({ sent: 1, answered: 0, sourcePort: PORT + i }));
  const { to, port } = talks[3]! as { to: string; port: number };
  const flow = {
    id: "asked",
    protocol: "tcp",
    destination: to,
    destinationPort: port,
    sourcePort: PORT + 3,
    outcome,
    lastHop: { node: "c0.server", device: run.world!.server.device, stage: "deliver" },
    packets: { seen: 2, delivered: 2 },
  } as Flow;
  const exchange = { question: "asked", outcome: exchangeOutcome } as Exchange;
  return score(run, { flows: [flow], exchanges: [exchange] } as Report).mark;
}

Deno.test("packets that were delivered are no wrong verdict where it is open whether an answer was sent", () => {
  deepEqual(
    [
      marked("delivered", "unknown"),
      marked("delivered", "in-flight"),
      marked("unknown", "unknown"),
    ],
    ["unknown", "unknown", "unknown"],
  );
  deepEqual(
    [
      marked("delivered", "answered"),
      marked("delivered", "unanswered"),
      marked("vanished", "unknown"),
    ],
    ["wrong", "wrong", "wrong"],
  );
});
