/**
 * One kind of objects from now on: listed in bounded pages, then watched from where the list was. Where
 * the watch can't go on it is listed again.
 */
import { z } from "zod";
import { pause } from "../timers/pause.ts";
import { type KubeApi, KubeError } from "./api.ts";
import { type ServerClock, serverClock } from "./server_clock.ts";

/** An object as the API has it, not looked at yet. */
export type RawObject = Record<string, unknown>;

/** How a list was read. */
export interface Listed {
  /** There were not more than are looked at. */
  isWhole: boolean;
  /** Of what moment it is, by our clock. */
  wallMs: number;
  /** The clock of the server that answered; undefined where it can't be told, or is not to be believed. */
  clock: ServerClock | undefined;
}

/** Who is told. */
export interface Followed {
  /** All that there was, and how it was read. */
  onList(objects: RawObject[], how: Listed): void;
  onChange(change: { put?: RawObject; gone?: RawObject }): void;
  /** Up to now nothing else changed. */
  onAlive(): void;
  /** From here on changes are missed, until there is a list again. */
  onBroken(why: string): void;
  /** It was asked to end, and up to then nothing else changed. */
  onEnd(): void;
}

/** How it is followed; tests are faster. */
export interface FollowOptions {
  /** Ends it at once. */
  signal: AbortSignal;
  /** Ends it when all that has changed up to then was told. */
  finish: AbortSignal;
  /** Objects of a page. */
  pageSize?: number;
  /** Objects that are looked at, at most. */
  objectsMax?: number;
  /** So long one watch lasts, s. At its end the server says that nothing was left out. */
  watchSeconds?: number;
  /** How long what changed up to the end is waited for, s. */
  lastWatchSeconds?: number;
  /** The wait after the first failure, ms; it doubles up to `retryMaxMs`. */
  retryMs?: number;
  retryMaxMs?: number;
  /** The wall clock, ms since 1970. */
  nowMs?: () => number;
  /** From 0 to 1: waits of many are not all the same. */
  random?: () => number;
}

const Page = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    continue: z.string().nullish(),
  }),
  items: z.array(z.record(z.string(), z.unknown())).nullish(),
});

const WatchEvent = z.object({ type: z.string(), object: z.record(z.string(), z.unknown()) });
const Versioned = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const Status = z.object({ code: z.number().optional(), message: z.string().optional() });

const GONE = 410;
/** Asking again would be answered the same for long. */
const REFUSED = new Set([401, 403, 404]);
const REFUSED_RETRY_MS = 60_000;
/** After its time a watch that does not end is one whose connection is dead, ms. */
const WATCH_GRACE_MS = 10_000;
/** What changed up to the end is asked for once more, at most so long. */
const LAST_MS_MAX = 3_000;

/** Follows it until the signal. Never rejects: what goes wrong is told, and tried again. */
export async function follow(
  api: KubeApi,
  path: string,
  followed: Followed,
  options: FollowOptions,
): Promise<void> {
  const { finish, signal, retryMs = 500, retryMaxMs = 30_000, random = Math.random } = options;
  const { watchSeconds = 5, lastWatchSeconds = 1 } = options;
  let failures = 0;
  let version: string | null = null;
  const watching = (seconds: number, until: AbortSignal) =>
    watch(api, path, { from: version!, seconds, until }, followed);
  while (!signal.aborted && !finish.aborted) {
    try {
      version ??= await list(api, path, followed, options);
      failures = 0;
      version = await watching(watchSeconds, AbortSignal.any([finish, signal]));
      if (!finish.aborted) continue;
      await watching(
        lastWatchSeconds,
        AbortSignal.any([signal, AbortSignal.timeout(LAST_MS_MAX)]),
      );
      return followed.onEnd();
    } catch (error) {
      if (signal.aborted) return;
      const status = error instanceof KubeError ? error.status : 0;
      // When it went on from where it was, nobody would know when what was missed had changed.
      version = null;
      followed.onBroken((error as Error).message.slice(0, 500));
      const backoffMs = Math.min(retryMaxMs, retryMs * 2 ** failures++) * (0.5 + random() / 2);
      const saidMs = error instanceof KubeError ? error.retryAfterMs : 0;
      if (status === GONE && failures === 1) continue;
      const waitMs = Math.max(saidMs, REFUSED.has(status) ? REFUSED_RETRY_MS : backoffMs);
      await pause(waitMs, AbortSignal.any([finish, signal]));
    }
  }
}

/** Reads all pages; gives the version that a watch goes on from. */
async function list(
  api: KubeApi,
  path: string,
  followed: Followed,
  { signal, pageSize = 500, objectsMax = 20_000, nowMs = Date.now }: FollowOptions,
): Promise<string> {
  const objects: RawObject[] = [];
  let next = "";
  let wallMs: number | undefined;
  let clock: ServerClock | undefined;
  for (;;) {
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (next !== "") query.set("continue", next);
    const askedMs = nowMs();
    const { json, dateMs } = await api.dated(`${path}?${query}`, { signal });
    const page = read(Page, json, path);
    // All pages are of the moment of the first one.
    if (wallMs === undefined) {
      wallMs = nowMs();
      clock = serverClock({ askedMs, readMs: wallMs, dateMs });
    }
    objects.push(...page.items ?? []);
    next = page.metadata.continue ?? "";
    if (next === "" || objects.length >= objectsMax) {
      const isWhole = next === "" && objects.length <= objectsMax;
      followed.onList(objects.slice(0, objectsMax), { isWhole, wallMs, clock });
      return page.metadata.resourceVersion;
    }
  }
}

/** Watches from a version until the server or `until` ends it; gives the version to go on from. */
async function watch(
  api: KubeApi,
  path: string,
  { from, seconds, until }: { from: string; seconds: number; until: AbortSignal },
  followed: Followed,
): Promise<string> {
  const query = new URLSearchParams({
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion: from,
    timeoutSeconds: String(seconds),
  });
  let version = from;
  const dead = AbortSignal.timeout(seconds * 1_000 + WATCH_GRACE_MS);
  try {
    for await (const line of api.lines(`${path}?${query}`, AbortSignal.any([until, dead]))) {
      const { type, object } = read(WatchEvent, parsed(line, path), path);
      if (type === "ERROR") {
        const { code = 0, message = "" } = Status.safeParse(object).data ?? {};
        throw new KubeError(code || GONE, `${path}: ${code} ${message}`);
      }
      version = read(Versioned, object, path).metadata.resourceVersion;
      if (type === "ADDED" || type === "MODIFIED") followed.onChange({ put: object });
      else if (type === "DELETED") followed.onChange({ gone: object });
      else followed.onAlive();
    }
  } catch (error) {
    if (until.aborted && !(error instanceof KubeError)) return version;
    throw error;
  }
  followed.onAlive();
  return version;
}

function parsed(line: string, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new KubeError(0, `${path}: a line of the watch is no JSON`);
  }
}

function read<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new KubeError(0, `${path}: the answer is none of a Kubernetes API`);
}
