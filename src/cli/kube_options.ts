/** The options by which a command is told of a cluster whose API it may ask. */
import { type Command, Option } from "commander";
import type { AccessWords } from "../kube/access.ts";
import { usageError } from "./read_value.ts";

/** Commander's values of them. */
export interface KubeFlags {
  kubeconfig?: string;
  context?: string;
}

/** Declares them. */
export function kubeOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--kubeconfig <file>",
        "names and services by the API of this cluster; in-cluster: by a pod's account",
      ),
    )
    .addOption(new Option("--context <name>", "of the kubeconfig (default: its current one)"));
}

/** What they say; absent: no API is asked. Throws LasthopError `usage` for one that needs the other. */
export function readKube({ kubeconfig, context }: KubeFlags): AccessWords | undefined {
  if (kubeconfig === undefined && context === undefined) return undefined;
  if (kubeconfig === "") {
    throw usageError("Cannot use --kubeconfig: it is empty, must be a file or in-cluster");
  }
  return { kubeconfig: kubeconfig ?? "", ...(context === undefined ? {} : { context }) };
}
