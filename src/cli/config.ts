/** `~/.config/lasthop/config.json`: what is tedious to type each time, and nothing else. */
import { join } from "node:path";
import { z } from "zod";
import { wrong as fault } from "../event/wrong.ts";
import { cannotRead, readUrl, usageError } from "./read_value.ts";
import { configFolder } from "./user_folders.ts";

/** What the file may say. */
const Config = z.strictObject({
  /** The ingest that commands ask, and probes report to. */
  ingest: z.string().optional(),
  /** A file with its token; a token itself never stands in the configuration. */
  tokenFile: z.string().optional(),
});

/** What the file says. */
export type Config = z.infer<typeof Config>;

/** Written by others, it could send this user's token to their ingest. */
const MODE_OF_OTHERS = 0o022;

/** Where the file is; null for a user without a home. */
export function configPath(): string | null {
  const folder = configFolder();
  return folder === null ? null : join(folder, "config.json");
}

/**
 * The configuration; empty where there is no file. Throws LasthopError `usage` for one that says what
 * is not known, that is another user's, or that others may write.
 */
export function readConfig(path = configPath()): Config {
  const text = path === null ? null : textOf(path);
  if (text === null) return {};
  const wrong = (is: string) =>
    cannotRead(path!, is, 'like {"ingest": "https://HOST", "tokenFile": "/path"}');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong("it is not JSON");
  }
  const parsed = Config.safeParse(value, { reportInput: true });
  if (!parsed.success) throw usageError(`Cannot read ${path}: ${fault(parsed.error, value)}`);
  const { ingest, tokenFile } = parsed.data;
  if (tokenFile !== undefined && ingest === undefined) {
    throw wrong("a token file stands without the ingest it is for");
  }
  return { ...parsed.data, ingest: ingest && readUrl(ingest, path!) };
}

function textOf(path: string): string | null {
  try {
    const { mode, uid } = Deno.statSync(path);
    const rule = "a file that its owner alone may write (chmod 600)";
    if (uid !== 0 && uid !== Deno.uid()) throw cannotRead(path, `it belongs to uid ${uid}`, rule);
    if (((mode ?? 0) & MODE_OF_OTHERS) !== 0) throw cannotRead(path, "others may write it", rule);
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw cannotRead(path, "this user may not read it", "a file that its owner alone may write");
    }
    if (error instanceof Deno.errors.IsADirectory) {
      throw cannotRead(path, "it is a folder", "a file of JSON, or not there");
    }
    throw error;
  }
}
