/**
 * What bpftrace looks up while it compiles, cut down to what our program needs. It walks all types
 * for every cast, and 0.17 reads the kernel's list of tracepoints for every `args->`: attaching
 * takes 3.7 s with the kernel's lists, and 0.6 s with ours. They exist for that one process only.
 */
import type { Btf } from "../kernel/btf.ts";
import { excerptBtf } from "../kernel/btf_excerpt.ts";
import { isAtLeast } from "../kernel/capability.ts";
import { readKernelBtf } from "../kernel/kernel_btf.ts";
import { readFormats } from "../kernel/tracefs.ts";

/** How bpftrace is told of the lists. */
export interface Shortlist {
  /** Variables of its environment. */
  env: Record<string, string>;
  /** Arguments before the program. */
  args: string[];
  /** Path of a file, to be mounted over the kernel's list in bpftrace's own mount namespace. */
  availableEvents: string;
}

/** Writes the lists into `directory`, which must be there until bpftrace is attached. */
export async function writeShortlist(
  directory: string,
  program: string,
  bpftrace: string,
): Promise<Shortlist> {
  const events = tracepointsOf(program);
  const raw = rawTracepointsOf(program);
  const list: Shortlist = { env: {}, args: [], availableEvents: `${directory}/available_events` };
  await Deno.writeTextFile(list.availableEvents, events.map((event) => `${event}\n`).join(""));
  if (isAtLeast(bpftrace, "0.25")) {
    // 0.25 and later look for a raw tracepoint's stub function in the list of the function tracer,
    // which some kernels are built without.
    const path = `${directory}/traceable_functions`;
    const functions = [
      ...raw.map((event) => `__probestub_${event}`),
      ...words(program, /^kprobe:(\w+)/gm),
    ];
    await Deno.writeTextFile(path, functions.map((name) => `${name}\n`).join(""));
    list.args.push("--traceable-functions", path);
  }
  // 0.24 and later look up raw tracepoints by module, which BTF from a file has none of.
  if (raw.length === 0 || !isAtLeast(bpftrace, "0.24")) {
    const [btf, formats] = await Promise.all([readKernelBtf(), readFormats(events)]);
    if (btf && formats !== null) {
      list.env.BPFTRACE_BTF = `${directory}/types.btf`;
      await Deno.writeFile(list.env.BPFTRACE_BTF, excerptFor(btf, program, formats));
    }
  }
  return list;
}

/** The types that the program and the formats of its tracepoints name. */
export function excerptFor(btf: Btf, program: string, formats: string): Uint8Array {
  const types = new Set(words(program, /\bstruct (\w+)/g));
  if (/\bcurtask\b/.test(program)) types.add("task_struct");
  for (const declaration of words(formats, /\bfield:([^;]*)/g)) {
    for (const word of words(declaration, /(\w+)/g)) types.add(word);
  }
  return excerptBtf(btf, { types, members: new Set(words(program, /(?:->|\.)\s*(\w+)/g)) });
}

function tracepointsOf(program: string): string[] {
  return [...new Set(words(program, /^tracepoint:(\w+:\w+)/gm))];
}

function rawTracepointsOf(program: string): string[] {
  return [...new Set(words(program, /^rawtracepoint:(\w+)/gm))];
}

function words(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, word = ""]) => word);
}
