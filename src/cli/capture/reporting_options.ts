/** The options that `probe` and `join` have in common, beside those of every capture. */
import { Option } from "commander";
import type { Access } from "../options.ts";
import { NODE_NAME_CHARS_MAX, readName, usageError } from "../read_value.ts";
import type { CaptureFlags, CaptureOptions } from "./options.ts";

/** What a node that reports to a shared ingest is told. */
export interface ReportingOptions extends CaptureOptions, Access {
  incident: string;
  /** The code that it joined by, which others may have joined by, too; absent: it came with its token. */
  code?: string;
  /** Folder; absent: one of the system's. */
  spool?: string;
  /** The node's name when `nodes` is empty; absent: the host's name. */
  name?: string;
  /** It ends with its standard input. */
  tether?: boolean;
}

/** Commander's values of the options below. */
export interface ReportingFlags {
  spool?: string;
  name?: string;
  sharedKernel?: boolean;
}

/** `--spool`. */
export function spoolOption(): Option {
  return new Option("--spool <folder>", "where reports wait while the ingest is away");
}

/** `--name`. */
export function nameOption(): Option {
  return new Option("--name <name>", "this node's name (default: the host's)")
    .argParser((text) => readName("--name", text, NODE_NAME_CHARS_MAX));
}

/** Throws LasthopError `usage` where both --name and --node name the node. */
export function refuseTwoNames({ name, node }: ReportingFlags & CaptureFlags): void {
  if (name === undefined || node === undefined) return;
  throw usageError("Cannot use --name with --node: each --node names itself, must be one of them");
}

/** Of the nodes of kind, of minikube, and of others that are containers of one machine. */
export const sharedKernelOption = (): Option =>
  new Option("--shared-kernel", "other nodes share this kernel: only namespaces seen from here");
