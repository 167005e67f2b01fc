/** Where a command's token comes from: a file, LASTHOP_TOKEN, or a command line that all can see. */
import { type Command, Option } from "commander";
import { cannotRead, usageError } from "./read_value.ts";

/** `--token`. Others can see a command line, so a file or the environment is the better place. */
export function tokenOption(): Option {
  return new Option("--token <token>", "bearer token").env("LASTHOP_TOKEN");
}

/** `--token-file`, beside `--token`. */
export function tokenFileOption(): Option {
  return new Option("--token-file <path>", "file with the bearer token, for its owner alone");
}

/**
 * Makes the token of a file that of the command, before it reads its options; says on stderr when a
 * token stands on the command line. Throws LasthopError `usage` for both, and for a file that is not
 * there or that others may read.
 */
export function takeToken(command: Command): void {
  const path = command.getOptionValue("tokenFile") as string | undefined;
  const isOnLine = command.getOptionValueSource("token") === "cli";
  if (isOnLine && path !== undefined) {
    throw usageError(
      "Cannot use --token with --token-file: each is the token, must be one of them",
    );
  }
  if (path !== undefined) command.setOptionValue("token", readTokenFile(path));
  else if (isOnLine) {
    console.error(
      "lasthop: every user of this machine can see --token, LASTHOP_TOKEN or --token-file is for " +
        "this user alone",
    );
  }
}

/** Read by others, or replaced by them. */
const MODE_OF_OTHERS = 0o027;

/** The one word of a file. Throws LasthopError `usage` for one that is not there or not its owner's alone. */
export function readTokenFile(path: string, option = "--token-file"): string {
  const rule = "a file with one token, readable by its owner alone (chmod 600)";
  let text: string;
  try {
    const { mode, uid } = Deno.statSync(path);
    if (uid !== 0 && uid !== Deno.uid()) {
      throw cannotRead(option, `"${path}" belongs to uid ${uid}`, rule);
    }
    if (((mode ?? 0) & MODE_OF_OTHERS) !== 0) {
      throw cannotRead(option, `others may read "${path}"`, rule);
    }
    text = Deno.readTextFileSync(path).trim();
  } catch (error) {
    if (error instanceof Deno.errors.IsADirectory) {
      throw cannotRead(option, `"${path}" is a folder`, rule);
    }
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) {
      throw error;
    }
    throw cannotRead(option, `"${path}" is not there or not readable`, rule);
  }
  if (/^\S+$/.test(text)) return text;
  throw cannotRead(option, `"${path}" does not hold one word`, rule);
}
