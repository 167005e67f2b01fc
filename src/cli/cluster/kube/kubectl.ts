/** The user's own kubectl: every command is an argument vector, what is made comes on standard input. */
import { execa } from "execa";
import { LasthopError } from "../../../event/error.ts";

/** Which cluster kubectl asks; what is absent is as kubectl has it. */
export interface KubectlOptions {
  kubeconfig?: string;
  context?: string;
}

/** How long one answer may take. Milliseconds. */
const ANSWER_MS = 60_000;
/** Bytes of one answer: of many thousand pods. */
const ANSWER_BYTES = 256 * 1024 * 1024;

/** An object of the API, as far as is read here. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    labels?: Record<string, string>;
    [more: string]: unknown;
  };
  // deno-lint-ignore no-explicit-any
  [more: string]: any;
}

/** Runs kubectl. */
export class Kubectl {
  /** The command and the words in front of all others. */
  readonly argv: readonly string[];

  constructor({ kubeconfig, context }: KubectlOptions) {
    this.argv = [
      "kubectl",
      ...kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig],
      ...context === undefined ? [] : ["--context", context],
    ];
  }

  /**
   * What kubectl says for these words. Throws LasthopError `kubectl_missing` where there is none and
   * `kubectl_failed` with its last line.
   */
  async run(words: readonly string[], input?: string): Promise<string> {
    const [file, ...first] = this.argv;
    const { exitCode, stdout, stderr, code, timedOut } = await execa(file!, [...first, ...words], {
      ...input === undefined ? { stdin: "ignore" } : { input },
      // Ctrl-C in a terminal is for whoever waits for the answer, and removes what was made.
      ...{
        detached: true,
        reject: false,
        timeout: ANSWER_MS,
        maxBuffer: ANSWER_BYTES,
        stripFinalNewline: false,
      },
    });
    if (exitCode === 0) return String(stdout);
    if (code === "ENOENT") {
      throw new LasthopError("kubectl_missing", "Cannot ask the cluster: kubectl is not found");
    }
    const last = String(stderr ?? "").trim().split("\n").at(-1)!.slice(0, 500);
    const why = timedOut ? `no answer in ${ANSWER_MS / 1000} s` : last || `exit ${exitCode}`;
    throw new LasthopError("kubectl_failed", `Cannot ${words.slice(0, 2).join(" ")}: ${why}`);
  }

  /** Objects of a kind. Throws as `run`. */
  async list(words: readonly string[]): Promise<KubeObject[]> {
    const answer = JSON.parse(await this.run(["get", ...words, "-o", "json"])) as {
      items?: KubeObject[];
    };
    return answer.items ?? [answer as unknown as KubeObject];
  }

  /** Makes objects; as they are then. Throws as `run`. */
  async create(objects: readonly KubeObject[]): Promise<KubeObject[]> {
    const list = { apiVersion: "v1", kind: "List", items: objects };
    const text = await this.run(["create", "-o", "json", "-f", "-"], JSON.stringify(list));
    return documents(text).flatMap((one) => (one.items as KubeObject[] | undefined) ?? [one]);
  }
}

/** kubectl says an object after the other, each over lines of its own. */
const documents = (text: string): KubeObject[] =>
  text.split(/(?<=^\})\s*\n(?=\{)/m).filter((one) => one.trim() !== "").map((one) =>
    JSON.parse(one)
  );
