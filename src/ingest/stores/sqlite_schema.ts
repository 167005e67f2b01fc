/** The tables of the SQLite store and how its file is opened. */
import { closeSync, constants, lstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LasthopError } from "../../event/error.ts";
import { makeOwnFolder } from "../../files/own_files.ts";

/** Version of the tables, as `PRAGMA user_version` has it. */
export const SCHEMA_VERSION = 3;

/** `change` is 0 or 1. Ids are never used twice: the newest entry is never the one that goes. */
const AUDIT = `
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, token TEXT NOT NULL, role TEXT,
  action TEXT NOT NULL, change INTEGER NOT NULL, incident TEXT, subject TEXT, outcome TEXT NOT NULL
) STRICT;
CREATE INDEX audit_oldest ON audit (change, id);
CREATE INDEX audit_of_incident ON audit (incident, id);
`;

/** What is known of codes, and of tokens that were got with one. `peer`: the address that asked. */
const TOKENS_OF_CODES = `
ALTER TABLE tokens ADD COLUMN nodes_max INTEGER;
ALTER TABLE tokens ADD COLUMN code TEXT;
ALTER TABLE tokens ADD COLUMN node TEXT;
ALTER TABLE tokens ADD COLUMN peer TEXT;
`;

/** Documents and batches are JSON and gzip'd lines; only what is searched for is a column. */
const SCHEMA = `
CREATE TABLE incidents (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE batches (
  incident TEXT NOT NULL, row INTEGER NOT NULL, probe TEXT NOT NULL, sequence INTEGER NOT NULL,
  header TEXT NOT NULL, refused INTEGER NOT NULL, evicted INTEGER NOT NULL,
  PRIMARY KEY (incident, row)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX batches_once ON batches (incident, probe, sequence);
CREATE TABLE segments (
  id INTEGER PRIMARY KEY, incident TEXT NOT NULL, row INTEGER NOT NULL, tier INTEGER NOT NULL,
  lines INTEGER NOT NULL, chars INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX segments_of_batch ON segments (incident, row);
CREATE INDEX segments_oldest ON segments (incident, tier, row);
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, incident TEXT, role TEXT NOT NULL, hash TEXT NOT NULL,
  created_ms INTEGER NOT NULL, expires_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_of_incident ON tokens (incident);
${TOKENS_OF_CODES}
${AUDIT}`;

/** What makes each version from the one before it, by that one's number. */
const UPGRADES: Record<number, string> = { 1: AUDIT, 2: TOKENS_OF_CODES };

/**
 * Settings of every connection. FULL: each commit is synced, so an acknowledged batch outlives a
 * power cut, not only a crash. EXCLUSIVE: a second ingest on the same data would answer from its
 * own counters and duplicates; it fails to open instead.
 */
const SETTINGS = [
  "locking_mode = EXCLUSIVE",
  "journal_mode = WAL",
  "synchronous = FULL",
  "journal_size_limit = 67108864",
];

/**
 * The path of the store's file, which is there afterwards and which only its owner may read. Throws
 * LasthopError `data_unusable` when the directory can't be made or written, or others may write in it.
 */
export function makeFile(directory: string): string {
  const path = join(directory, "lasthop.sqlite");
  try {
    makeOwnFolder(directory);
    // Whose packets went where is nobody else's business; SQLite's own files follow this one.
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
    closeSync(openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600));
    for (const suffix of ["-wal", "-shm", "-journal"]) {
      if (lstatSync(path + suffix, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
        throw new Error(`"${path}${suffix}" is a link, must be SQLite's own file`);
      }
    }
    return path;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const must = why.includes(", must ") ? "" : ", must be a writable directory";
    const message = `Cannot use data directory ${directory}: ${why}${must}`;
    throw new LasthopError("data_unusable", message, 1, { cause: error });
  }
}

/** Throws LasthopError `data_unusable` when the file is another's, in use, newer, or no database. */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path);
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    // Asked of an old file it would write, and a full disk must not keep an ingest from starting.
    if (version === 0) database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    for (const setting of SETTINGS) database.exec(`PRAGMA ${setting}`);
    if (version > SCHEMA_VERSION) {
      throw cannotOpen(path, `its version is ${version}, must be at most ${SCHEMA_VERSION}`);
    }
    if (version === 0) change(database, SCHEMA, SCHEMA_VERSION);
    else for (let v = version; v < SCHEMA_VERSION; v++) change(database, UPGRADES[v]!, v + 1);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof LasthopError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const why = /locked|busy/.test(message)
      ? "another ingest uses it, must be stopped first"
      : `${message}, must be a database of lasthop's`;
    throw cannotOpen(path, why, error);
  }
}

function change(database: DatabaseSync, sql: string, version: number): void {
  database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${version}; COMMIT`);
}

function cannotOpen(path: string, why: string, cause?: unknown): LasthopError {
  return new LasthopError("data_unusable", `Cannot open ${path}: ${why}`, 1, { cause });
}

/** SQLITE_FULL, or an I/O error while writing, as a full disk gives in places. */
export function isDiskFull(error: unknown): boolean {
  const { errcode, message } = error as { errcode?: number; message?: string };
  if (errcode === 13 || errcode === 778 || errcode === 4874) return true;
  return /database or disk is full|disk I\/O error/.test(message ?? "");
}
