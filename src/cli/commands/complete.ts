/** `lasthop complete`: what completions of a shell ask while somebody types. It is in no list of commands. */
import { Option } from "commander";
import type { AccessWords } from "../../kube/access.ts";
import type { CommandFile } from "../command.ts";
import { type KubeFlags, kubeOptions } from "../kube_options.ts";

interface Flags extends KubeFlags {
  namespace?: string;
}

interface Options {
  word: string;
  kube: AccessWords;
  namespace?: string;
}

/** The command. */
export const complete: CommandFile<[string, Flags], Options> = {
  declare: (program) =>
    kubeOptions(program.command("complete", { hidden: true }))
      .description("names of a cluster that begin so, for completions")
      .argument("<WORD>", "pod/…, svc/…, deploy/… or node/…")
      .addOption(new Option("-n, --namespace <name>", "of pods, services and deployments")),

  read(word, { kubeconfig = "", context, namespace }) {
    const kube = { kubeconfig, ...(context === undefined ? {} : { context }) };
    return { word, kube, ...(namespace === undefined ? {} : { namespace }) };
  },

  async run({ word, kube, namespace }) {
    const { namesLike } = await import("../cluster/names_like.ts");
    for (const name of await namesLike(word, kube, namespace)) console.log(name);
    // A connection that hangs must not hold up who types.
    return Deno.exit(0);
  },
};
