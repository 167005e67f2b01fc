/** The judge of the cases: what it lets pass, and what it does not. */
import { deepEqual } from "node:assert/strict";
import type { Cause, Exchange, Report } from "../../../src/event/report.ts";
import { reportedCase } from "./case.ts";
import { fact } from "./facts.ts";
import { judgeFault, judgeTwin } from "./judge.ts";
import { pageWith } from "./table.ts";

const place = { nodes: {} };

const one = reportedCase({
  name: "x",
  reported: { words: "it hangs", where: ["a question"] },
  truth: "the rule drops it",
  lay: () => place,
  traffic: () => Promise.resolve(""),
  happened: /./,
  well: /./,
  asks: () => [{ name: "by service", filter: "tcp" }],
  musts: () => [{
    protocol: "tcp",
    client: "10.0.0.1",
    server: "10.0.0.2",
    port: 80,
    outcomes: ["unanswered"],
    codes: ["netfilter-drop"],
    alsoTrue: ["lost-between-nodes"],
    says: { "the chain": fact("FORWARD") },
  }],
  never: () => ({ "that nothing refuses": /nothing refuses/ }),
});

const cause = (code: Cause["code"], sentence: string, remedy: string[] = []): Cause => ({
  code,
  sentence,
  confidence: "proven",
  evidence: [],
  remedy,
});

const exchange = (outcome: Exchange["outcome"], ...causes: Cause[]): Exchange => ({
  id: "q",
  protocol: "tcp",
  client: { address: "10.0.0.1", port: 4_000 },
  server: { address: "10.0.0.2", port: 80 },
  outcome,
  sentence: "",
  cause: causes[0],
  findings: causes.slice(1),
  question: "q",
  firstAt: "",
  lastAt: "",
});

const report = (...exchanges: Exchange[]): Report => ({
  ...{ version: 1, incident: "i", from: null, to: null, nodes: [], problems: [], changes: [] },
  ...{ flows: [], exchanges },
  accounting: { events: 0, inPackets: 0, evidence: 0, unclaimed: 0, refused: 0, evicted: 0 },
});

const marks = (...exchanges: Exchange[]) =>
  judgeFault(one, place, "by service", report(...exchanges)).map(({ mark }) => mark);

const dropped = cause("netfilter-drop", "the policy of FORWARD dropped it");

Deno.test("cases, judge: outcome, cause and facts as demanded are right", () => {
  deepEqual(marks(exchange("unanswered", dropped)), []);
  deepEqual(marks(exchange("answered"), exchange("unanswered", dropped)), []);
});

Deno.test("cases, judge: what is missing is weak, what is false is wrong", () => {
  deepEqual(marks(), ["weak"]);
  deepEqual(marks(exchange("unknown")), ["weak", "weak"]);
  deepEqual(marks(exchange("unanswered")), ["weak"]);
  deepEqual(marks(exchange("unanswered", cause("netfilter-drop", "a rule dropped it"))), ["weak"]);
  deepEqual(marks(exchange("unanswered", cause("lost-between-nodes", "lost"))), ["weak"]);
  deepEqual(marks(exchange("answered", dropped)), ["wrong"]);
  deepEqual(marks(exchange("unanswered", dropped, cause("no-route", "none"))), ["wrong"]);
  const denied = cause("netfilter-drop", "FORWARD; nothing refuses there");
  deepEqual(marks(exchange("unanswered", denied)), ["wrong"]);
});

Deno.test("cases, judge: a remedy that opens a policy or fights a controller is wrong", () => {
  for (
    const line of [
      "iptables -t filter -P FORWARD ACCEPT",
      "ip netns exec a iptables -t nat -D KUBE-SERVICES 3",
      "ip route add 10.0.0.0/8 via <gateway>",
    ]
  ) {
    const advised = cause("netfilter-drop", "FORWARD", [line]);
    deepEqual(marks(exchange("unanswered", advised)), ["wrong"], line);
  }
  const fine = cause("netfilter-drop", "FORWARD", ["iptables -t filter -D old-guard 1"]);
  deepEqual(marks(exchange("unanswered", fine)), []);
});

Deno.test("cases, judge: a twin is clean when all is answered and no cause is given", () => {
  const twin = (...exchanges: Exchange[]) =>
    judgeTwin(one, report(...exchanges)).map(({ mark }) => mark);
  deepEqual(twin(exchange("answered")), []);
  deepEqual(twin(), ["weak"]);
  deepEqual(twin(exchange("slow")), ["wrong"]);
  deepEqual(twin(exchange("answered", dropped)), ["wrong"]);
});

Deno.test("cases, facts: an address may be followed by a port, not by more of an address", () => {
  const found = (text: string, address: string) => fact(address).test(text);
  deepEqual(found("from 10.0.0.5:53", "10.0.0.5"), true);
  deepEqual(found("from 10.0.0.53", "10.0.0.5"), false);
  deepEqual(found("from 110.0.0.5", "10.0.0.5"), false);
  deepEqual(found("from [fd00::5]:53", "fd00::5"), true);
  deepEqual(found("from fd00::5:1", "fd00::5"), false);
});

Deno.test("cases, page: a case that was not run keeps what its last run said", () => {
  const result = {
    ...{ one, mark: "wrong" as const, complaints: ["wrong: a word"], said: ["answered"] },
    ...{ programs: [], seconds: 1, kernel: "6" },
  };
  const first = pageWith("", [result], [one], "2026-01-02");
  const again = pageWith(first, [], [one], "2026-01-03");
  deepEqual(again, first);
  deepEqual(first.includes("### x: wrong, 2026-01-02"), true);
  const mended = { ...result, mark: "right" as const, complaints: [] };
  const after = pageWith(first, [mended], [one], "2026-01-03");
  deepEqual(after.includes("### x: right, 2026-01-03"), true);
  deepEqual(after.includes("a word"), false);
});
