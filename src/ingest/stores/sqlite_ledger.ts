/** Tokens and the audit in SQLite. */
import type { StoreLimits } from "../limits.ts";
import { decideToken } from "./create_token.ts";
import type { Statements } from "./sqlite_statements.ts";
import type { AuditEntry, AuditQuery, StoredToken, TokenCreated } from "./store.ts";

/** Tokens and audit of a SQLite store. */
export class SqliteLedger {
  constructor(
    readonly sql: Statements,
    /** Runs a change as one transaction. */
    readonly write: <T>(change: () => T) => T,
    readonly limits: StoreLimits,
  ) {}

  createToken(token: StoredToken): TokenCreated {
    const siblings = this.listTokens(token.incident);
    const decided = decideToken(token, siblings, this.limits.tokensPerIncidentMax);
    if (decided !== "created") return decided;
    const { id, incident, role, hash, createdMs, expiresMs } = token;
    const { nodesMax = null, code = null, node = null, from = null } = token;
    this.write(() =>
      this.sql.insertToken.run(
        ...[id, incident, role, hash, createdMs, expiresMs],
        ...[nodesMax, code, node, from],
      )
    );
    return decided;
  }

  getToken(id: string): StoredToken | null {
    const row = this.sql.token.get(id);
    return row === undefined ? null : tokenOf(row);
  }

  listTokens(incident: string | null): StoredToken[] {
    return this.sql.tokens.all(incident).map(tokenOf);
  }

  deleteToken(incident: string | null, id: string): boolean {
    return this.write(() => this.sql.deleteToken.run(id, incident)).changes === 1;
  }

  appendAudit(entry: AuditEntry): void {
    const { atMs, token, role, action, incident, subject, outcome } = entry;
    const { auditReadsMax, auditChangesMax } = this.limits;
    const change = entry.change ? 1 : 0;
    this.write(() => {
      this.sql.insertAudit.run(atMs, token, role, action, change, incident, subject, outcome);
      this.sql.trimAudit.run(change, entry.change ? auditChangesMax : auditReadsMax);
    });
  }

  listAudit({ incident, before = Number.MAX_SAFE_INTEGER, limit }: AuditQuery) {
    const rows = incident === undefined
      ? this.sql.audit.all(before, limit)
      : this.sql.auditOf.all(incident, before, limit);
    const { last, kept } = this.sql.auditCount.get()!;
    const entries = rows.map(({ change, ...entry }) => ({ ...entry, change: change === 1 }));
    return { entries, evicted: (last ?? 0) - kept };
  }
}

/** Without what its row leaves empty. */
function tokenOf({ nodesMax, code, node, from, ...token }: StoredToken): StoredToken {
  const ofCodes = Object.entries({ nodesMax, code, node, from });
  return { ...token, ...Object.fromEntries(ofCodes.filter(([, value]) => value !== null)) };
}
