/**
 * What bpftrace looks up while it compiles, cut down to what our program needs. It walks all types
 * for every cast, and 0.17 reads the kernel's list of tracepoints for every `args->`: attaching
 * took 3.7 s, and takes 0.6 s with lists of our own. They exist for that one process only.
 */
import type { Btf } from "../kernel/btf.ts";
import { excerptBtf } from "../kernel/btf_excerpt.ts";
import { isAtLeast } from "../kernel/capability.ts";
import { readKernelBtf } from "../kernel/kernel_btf.ts";
import { readFormats } from "../kernel/tracefs.ts";

export interface Shortlist {
  env: Record<string, string>;
  args: string[];
  /** To be mounted over the kernel's list in bpftrace's own mount namespace. */
  availableEvents: string;
}

/** Writes the lists into `directory`, which must outlive bpftrace. */
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
    // It knows a raw tracepoint by its stub, and finds none on a kernel without function tracer.
    const path = `${directory}/traceable_functions`;
    await Deno.writeTextFile(path, raw.map((event) => `__probestub_${event}\n`).join(""));
    list.args.push("--traceable-functions", path);
  }
  // Later ones look raw tracepoints up by module, and types from a file belong to none.
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
  return [...text.matchAll(pattern)].map((match) => match[1]!);
}
