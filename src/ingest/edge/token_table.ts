/** The tokens of one incident, in memory: one is looked up with every body. */
import type { StoredToken } from "../stores/store.ts";
import type { Rows } from "./rows.ts";

/** Tokens of one incident, kept in its hub's table. */
export class TokenTable {
  #tokens: Map<string, StoredToken>;

  constructor(readonly rows: Rows) {
    rows.run("CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, document TEXT NOT NULL)");
    const documents = rows.all<{ document: string }>("SELECT document FROM tokens");
    const tokens = documents.map(({ document }) => JSON.parse(document) as StoredToken);
    this.#tokens = new Map(tokens.map((token) => [token.id, token]));
  }

  get(id: string): StoredToken | null {
    return this.#tokens.get(id) ?? null;
  }

  /** In the order in which they were created. */
  all(): StoredToken[] {
    return [...this.#tokens.values()].sort((a, b) => a.createdMs - b.createdMs);
  }

  put(token: StoredToken): void {
    this.rows.run("INSERT INTO tokens VALUES (?, ?)", token.id, JSON.stringify(token));
    this.#tokens.set(token.id, token);
  }

  /** False when there was none. */
  drop(id: string): boolean {
    this.rows.run("DELETE FROM tokens WHERE id = ?", id);
    return this.#tokens.delete(id);
  }
}
