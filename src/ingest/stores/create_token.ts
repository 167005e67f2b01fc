/** Whether one more token may be created, decided alike by every store. */
import type { StoredToken, TokenCreated } from "./store.ts";

/**
 * What becomes of `token` beside its `siblings`, which are all tokens of the same incident. Codes are
 * siblings of what was got with them. A store must write before it looks again: else two nodes that
 * ask at once are both the last one.
 */
export function decideToken(
  token: StoredToken,
  siblings: readonly StoredToken[],
  tokensMax: number,
): TokenCreated {
  const code = token.code ?? null;
  if (code !== null) {
    const codeToken = siblings.find(({ id, role }) => id === code && role === "join");
    if (codeToken === undefined) return "code-gone";
    const admitted = siblings.filter((sibling) => sibling.code === code).length;
    if (admitted >= (codeToken.nodesMax ?? 0)) return "code-full";
  }
  return siblings.length >= tokensMax ? "full" : "created";
}
