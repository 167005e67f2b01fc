/** What of a rendered program depends on the kernel alone. */
import type { Capability } from "../kernel/capability.ts";
import { isPlainFirst } from "./attach.ts";
import { mayHaveLinesOnStack } from "./raw.ts";
import type { RenderOptions } from "./render.ts";

/** The kernel's part of the options, by what the kernel was found to be able to. */
export type KernelOptions = Pick<
  RenderOptions,
  | "tracepoints"
  | "kprobes"
  | "functions"
  | "nft"
  | "tables"
  | "kernel"
  | "conntrack"
  | "headerWords"
  | "plain"
  | "reason"
  | "raw"
  | "linesOnStack"
  | "consumeFunction"
  | "cpus"
>;

/** The options that every program for this kernel has. */
export const kernelOptions = (
  {
    tracepoints,
    kprobes,
    functions,
    nft,
    tables,
    kernel,
    conntrack,
    headerWords,
    dropReason,
    raw,
    bpftrace,
    consumeFunction,
    cpus,
  }: Capability,
): KernelOptions => ({
  ...{ tracepoints, kprobes, functions, nft, tables, kernel, conntrack, headerWords },
  ...{
    plain: isPlainFirst(kernel) && "but-devices",
    reason: dropReason,
    raw,
    linesOnStack: mayHaveLinesOnStack(bpftrace),
    consumeFunction,
    cpus,
  },
});
