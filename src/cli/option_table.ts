/** The options that several commands share, described once. */
import { type Command, Option } from "commander";
import { OUTCOMES } from "../event/codes.ts";
import * as read from "./read_value.ts";

export const usualIngest = "http://127.0.0.1:4680";

export function listen(usual: string): Option {
  return new Option("--listen <addr:port>", `where page and API answer (default: ${usual})`)
    .argParser(read.readListen);
}

export function ingest(): Option {
  return new Option("--ingest <url>", "the ingest").argParser(read.readUrl);
}

/** Others can see a command line, so the environment is the better place for a token. */
export function token(): Option {
  return new Option("--token <token>", "bearer token").env("LASTHOP_TOKEN");
}

/** Repeatable; read together, so that the last of a name counts. */
export function limit(): Option {
  return new Option("--limit <name=number>", "a limit of docs/http.md; repeatable")
    .argParser((word, earlier: string[] = []) => [...earlier, word]);
}

export function allowOrigin(): Option {
  return new Option("--allow-origin <origin>", "a site whose pages may use the API; repeatable")
    .argParser(read.readOrigin);
}

export function incident(what: string): Option {
  return new Option("--incident <id>", what)
    .argParser((text) => read.readName("--incident", text, read.incidentMax));
}

export function nodeName(): Option {
  return new Option("--name <name>", "this node's name (default: the host's)")
    .argParser((text) => read.readName("--name", text, read.nodeNameMax));
}

export function json(): Option {
  return new Option("--json", "JSON alone on stdout, everything else on stderr");
}

/** What `trace` and `probe` have in common: scripts rely on all of it. */
export function capturing(command: Command, usualListen: string): Command {
  return command
    .argument("[FILTER...]", "which packets, in pcap-filter words (default: all of them)")
    .addOption(
      new Option("--node <name=netns,...>", "a node made of network namespaces; repeatable")
        .argParser(read.readNode),
    )
    .addOption(
      new Option("--for <seconds>", "how long (default: until SIGINT)").argParser(read.readSeconds),
    )
    .option("--ready-file <path>", "created when everything is attached")
    .addOption(json())
    .option("--archive <file>", "keep everything seen in one file")
    .addOption(listen(usualListen))
    .option("--no-listen", "no page and no API")
    .addOption(
      new Option("--fail-on <outcomes>", `exit 4 on a flow with one of ${OUTCOMES.join(",")}`)
        .argParser(read.readOutcomes),
    );
}

/** What every command that asks a running ingest has in common. */
export function asking(command: Command): Command {
  return command.addOption(ingest().default(usualIngest)).addOption(token()).addOption(json());
}
