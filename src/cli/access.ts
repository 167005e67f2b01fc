/**
 * Which ingest a command asks and with which token, where the command line does not say: the
 * environment, then `~/.config/lasthop/config.json`, then the ingest that runs on this machine. A token
 * goes only to the ingest it was written down for.
 */
import type { Command, Option } from "commander";
import { configPath, readConfig } from "./config.ts";
import { readServing } from "./serving/serving_file.ts";
import { readTokenFile, takeToken } from "./token.ts";

const onlyOnLine = new WeakSet<Option>();

/** An option `--ingest` that is not filled in: without it, the command brings an ingest of its own. */
export function onlyGiven(option: Option): Option {
  onlyOnLine.add(option);
  return option;
}

/**
 * Fills in what is missing, before a command reads its options. Throws LasthopError `usage` as
 * `takeToken` and `readConfig` do.
 */
export function takeAccess(command: Command): void {
  takeToken(command);
  const asks = (option: Option) => option.long === "--ingest" && !onlyOnLine.has(option);
  if (!command.options.some(asks)) return;
  const isGiven = command.getOptionValueSource("ingest") === "cli";
  const config = readConfig();
  const ask = (ingest: string) => command.setOptionValueWithSource("ingest", ingest, "config");
  if (!isGiven && config.ingest !== undefined) ask(config.ingest);
  // An empty token is how a shell says that there is none.
  const hasToken = Boolean(command.getOptionValue("token"));
  if (config.ingest !== undefined && command.getOptionValue("ingest") === config.ingest) {
    if (!hasToken && config.tokenFile !== undefined) {
      command.setOptionValue(
        "token",
        readTokenFile(config.tokenFile, `"tokenFile" of ${configPath()}`),
      );
    }
    return;
  }
  const serving = readServing();
  if (serving === null) return;
  if (!isGiven) ask(serving.ingest);
  if (!hasToken && command.getOptionValue("ingest") === serving.ingest) {
    command.setOptionValue("token", serving.token);
  }
}
