import type { Talk } from "./talk.ts";

/** How this Deno runs talk.ts: no configuration, no registry, no cache to ask, only the network. */
export function talkCommand(talk: Talk): string[] {
  const flags = ["--quiet", "--no-config", "--no-lock", "--no-npm", "--no-remote", "--no-check"];
  // Other Deno processes write their code caches at the same time, and this one would wait for
  // them.
  flags.push("--no-code-cache");
  const program = import.meta.resolve("./talk.ts");
  const allowed = ["--unstable-net", "--allow-net"];
  // Else Deno asks the internet for its newest version, with a name lookup in the traced namespace.
  const env = ["env", "DENO_NO_UPDATE_CHECK=1"];
  return [...env, Deno.execPath(), "run", ...flags, ...allowed, program, JSON.stringify(talk)];
}
