/** Whose files and connections are as good as this process's own. Without files: Workers has none. */

/**
 * True for root and for the user of this process, who could do all it does anyway; for root also the
 * user who became root by sudo, whose folder a trace is often started in.
 */
export function isTrustedUser(uid: number): boolean {
  const own = Deno.uid();
  return uid === 0 || uid === own || (own === 0 && String(uid) === Deno.env.get("SUDO_UID"));
}
