/** The figures of a soak, as they are printed and as docs/reliability.md has them. */
import type { ActFigures } from "./act.ts";
import type { Kept } from "./batches.ts";
import type { SoakFigures } from "./soak.ts";

const FROM = "<!-- soak: written by `deno task soak --write` -->";
const TO = "<!-- /soak -->";

function counted(counts: Record<string, number>): string {
  return Object.entries(counts).sort().map(([what, count]) => `${what} ${count}`).join(", ");
}

function actLines(act: ActFigures): string[] {
  const { kept, gate, verdicts, talked, namespaces, memory } = act;
  const { soak, churn } = kept;
  const sum = (of: Exclude<keyof Kept, "complaints">) => (soak?.[of] ?? 0) + (churn?.[of] ?? 0);
  const share = `${verdicts.named} of ${verdicts.faults}`;
  const rows: [string, string][] = [
    ["seconds", String(act.seconds)],
    ["harms", counted(act.harms)],
    ["runs of probes", String(sum("runs"))],
    [
      "acknowledged",
      `${sum("acknowledged")} batches, ${sum("events")} events; ${sum("lost")} lost, ${
        sum("twice")
      } twice, ${sum("altered")} altered`,
    ],
    ["archived", `${sum("archived")} batches`],
    [
      "sent again",
      `${gate.duplicates} batches; ${gate.answersLost} answers lost, ${gate.unanswered} requests unanswered`,
    ],
    [
      "faults",
      `${share} named; ${verdicts.disturbed} tried while a probe was harmed, ${verdicts.open} of them left open; ${verdicts.late} left open because state was read too late`,
    ],
    [
      "healthy flows",
      `${verdicts.healthyFlows}: ${verdicts.healthyDelivered} delivered, ${verdicts.healthyUnknown} unknown, ${verdicts.healthyAccused} accused`,
    ],
    ["connections", `${talked.opened} opened, ${talked.answered} answered`],
    ["namespaces come and gone", String(namespaces)],
  ];
  const cells = memory.map(({ role, samples, maxMiB, meanMiB, mibPerMinute, ...peaks }) => {
    const slope = mibPerMinute === null ? "–" : mibPerMinute.toFixed(2);
    const mean = samples === 0 ? "–" : meanMiB.toFixed(0);
    const first = samples === 0 ? "–" : peaks.firstPeakMiB.toFixed(0);
    const last = samples === 0 ? "–" : peaks.lastPeakMiB.toFixed(0);
    return `| ${role} | ${
      maxMiB.toFixed(0)
    } | ${mean} | ${first} | ${last} | ${slope} | ${samples} |`;
  });
  return [
    `**Ingest: ${act.engine}**`,
    "",
    "| what | figure |",
    "| --- | --- |",
    ...rows.map(([what, figure]) => `| ${what} | ${figure} |`),
    "",
    "| memory, MiB | most | mean without harms | peak, first half | peak, last half | slope a minute | samples |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...cells,
    "",
  ];
}

export function markdown(figures: SoakFigures, date: string): string {
  const { seed, minutes, seconds, kernel, acts, notTried, complaints } = figures;
  return [
    `Run on ${date}, Linux ${kernel}, seed ${seed}, ${minutes} minutes of load (${seconds} s in all).`,
    "",
    ...acts.flatMap(actLines),
    ...notTried.map((text) => `Not tried: ${text}.\n`),
    complaints.length === 0 ? "Complaints: none." : "Complaints:\n",
    ...complaints.map((text) => `- ${text.split("\n")[0]}`),
  ].join("\n");
}

/** Puts the figures between their marks. Throws when the document has no such place. */
export function placed(document: string, text: string): string {
  const [from, to] = [document.indexOf(FROM), document.indexOf(TO)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no "${FROM}" and "${TO}"`);
  return `${document.slice(0, from)}${FROM}\n\n${text}\n\n${document.slice(to)}`;
}
