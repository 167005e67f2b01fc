/**
 * A user's own folders by the specification of XDG, which says that a path which is not absolute, such as
 * an empty one, is none.
 */
import { join } from "node:path";

/** Gives an environment variable. */
export type Environment = (name: string) => string | undefined;

const ofProcess: Environment = (name) => Deno.env.get(name);

/** The path of a variable, when it is an absolute one. */
export function absolutePath(path: string | undefined): string | null {
  return path?.startsWith("/") ? path : null;
}

/** Where lasthop keeps what it should find again; null for a user without a home. */
export const stateFolder = (env: Environment = ofProcess): string | null =>
  folderOf(env, "XDG_STATE_HOME", ".local/state");

/** Where a user configures lasthop; null for one without a home. */
export const configFolder = (env: Environment = ofProcess): string | null =>
  folderOf(env, "XDG_CONFIG_HOME", ".config");

function folderOf(env: Environment, variable: string, below: string): string | null {
  const own = absolutePath(env(variable));
  if (own !== null) return join(own, "lasthop");
  const home = absolutePath(env("HOME"));
  return home === null ? null : join(home, below, "lasthop");
}
