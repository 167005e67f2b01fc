/** `docs/kernels.md`: what was recorded of each case on each kernel, and what is said of it. */
import { readRecorded, type Recorded } from "./recorded.ts";
import { type Case, readCases } from "./runs.ts";

/** What a recorded run tells of itself. */
interface Told {
  one: Case;
  isHealthy: boolean;
  /** What the kernel calls itself, and the version of its bpftrace. */
  kernel: string;
  bpftrace: string;
  /** Of the recording: year, month, day. */
  date: string;
  /** What is said, in words for a cell. */
  said: string;
}

/** The page, without the formatting of `deno fmt`. Throws Error as `readRecorded` does. */
export async function kernelsPage(): Promise<string> {
  const told = new Map<string, Told[]>();
  for (const recorded of readRecorded()) {
    const { kernel } = recorded;
    told.set(kernel, [...told.get(kernel) ?? [], await toldBy(recorded)]);
  }
  const kernels = [...told.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const known = new Set([...told.values()].flat().map(({ one }) => one.name));
  const cases = readCases();
  const left = cases.filter(({ name }) => !known.has(name)).map(({ name }) => `\`${name}\``);
  const rows = cases.filter(({ name }) => known.has(name)).map((one) =>
    `| \`${one.name}\` | ${cellText(one.truth)} | ${
      kernels.map((kernel) => cell(one, kernel, told.get(kernel)!)).join(" | ")
    } |\n`
  );
  return `# Kernels

What was recorded on Debian's kernels in guests ([test/kernels](../test/kernels/README.md)), and what
is said of it: this page is made of the fixtures by \`deno task generate\`, and each of them is judged
again by \`lasthop test\`. Two runs of each case: with its fault, of which the cell tells, and its
healthy twin (✓), of which nothing may be said.

| release | kernel | bpftrace | recorded | runs |
|---|---|---|---|---|
${kernels.map((kernel) => kernelRow(kernel, told.get(kernel)!)).join("")}
\`unknown\` is said where that kernel does not tell, with the gap; \`–\`: not recorded there.

| case | what really happens | ${kernels.join(" | ")} |
|---|---|${kernels.map(() => "---|").join("")}
${rows.join("")}
${left.length > 0 ? `Written and not recorded yet: ${left.join(", ")}.\n` : ""}`;
}

function kernelRow(kernel: string, all: readonly Told[]): string {
  const distinct = (of: (one: Told) => string) => [...new Set(all.map(of))].sort().join(", ");
  return `| ${kernel} | ${distinct((one) => one.kernel)} | ${distinct((one) => one.bpftrace)} | ${
    distinct((one) => one.date)
  } | ${all.length} |\n`;
}

function cell(one: Case, kernel: string, all: readonly Told[]): string {
  const own = all.filter((each) => each.one.name === one.name);
  if (own.length === 0) return cellText(one.without[kernel] ?? "–");
  const fault = own.find(({ isHealthy }) => !isHealthy);
  const twin = own.some(({ isHealthy }) => isHealthy) ? " ✓" : "";
  return cellText(fault?.said ?? "–") + twin;
}

async function toldBy({ one, run, kernel, archive, expected }: Recorded): Promise<Told> {
  const file = await Deno.open(archive);
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const [, first = "{}"] = (await new Response(stream).text()).split("\n", 2);
  const header = JSON.parse(first);
  const date = new Date(header.clock?.wallMs ?? 0).toISOString().slice(0, 10);
  const said = saidIn(await Deno.readTextFile(expected), one.faultOn[kernel] ?? one.fault);
  return {
    one,
    isHealthy: run.isHealthy,
    kernel: header.kernel,
    bpftrace: header.bpftrace,
    date,
    said,
  };
}

/** The outcome and the cause that the report has, which are the truth (`recorded_test.ts`). */
function saidIn(report: string, fault: string): string {
  const [outcome = "", code] = fault.split(" ");
  if (code === undefined) {
    const gap = /^ +gap: (.*)$/m.exec(report)?.[1];
    return gap === undefined ? outcome : `${outcome}: ${gap}`;
  }
  const confidence = new RegExp(`\\] ${code}, (\\w+): `).exec(report)?.[1];
  return `${outcome}, \`${code}\`${confidence === undefined ? "" : `, ${confidence}`}`;
}

const cellText = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
