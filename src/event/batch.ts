/**
 * A batch: one JSON header line, then event lines (TSV or JSON) and state lines (JSON). The wire,
 * the archive and the fixtures of the tests are these same lines.
 */
import { z } from "zod";
import { Script } from "./report.ts";

const u64 = z.string().regex(/^\d{1,20}$/);
const count = z.number().int().min(0);

/** The mask that leaves out most: 33 leaves out all. */
export const RANK_MAX = 33;

/** Version of a batch's header and lines. */
export const BATCH_VERSION = 1;

/** The first line of a batch: who tells, since when and up to when, and what was lost. */
export const BatchHeader = z.object({
  kind: z.literal("batch"),
  version: z.literal(BATCH_VERSION),
  incident: z.string().min(1).max(128),
  node: z.string().min(1).max(253),
  /** One run of a probe; with `sequence` it makes a batch idempotent. */
  probe: z.string().min(1).max(128),
  sequence: count,
  kernel: z.string().max(128),
  bpftrace: z.string().max(64),
  /** Which start of which kernel, a random id: nodes with the same one have one CLOCK_MONOTONIC. */
  boot: z.string().max(64).optional(),
  /** Network namespaces watched; `all` when none are left out. */
  netns: z.array(z.object({
    inode: z.number().int(),
    name: z.string().max(255).optional(),
    /**
     * The machine's own, where a command runs that says nothing of namespaces. Absent in all: it could
     * not be found out, or the probe is of before 2026-11-26.
     */
    own: z.boolean().optional(),
  })),
  allNetns: z.boolean(),
  /** Capture filter as written; "" for everything. */
  filter: z.string().max(2000),
  /** Packets to an end that asked what the filter takes are told, too, whatever their source is. */
  followsAnswers: z.boolean().optional(),
  /**
   * The scripts do not read what connection tracking knows of a packet: that it was translated, and from
   * what, is then not told. Absent: they do, or the probe is of before 2026-11-27.
   */
  translationsUntold: z.literal(true).optional(),
  /**
   * A tunnel's packet in another tunnel is told where what it carries has an address of the filter. Absent: it
   * is told where the filter takes the packet itself, or the tunnel around it.
   */
  asksThirdHeaders: z.literal(true).optional(),
  scripts: z.array(Script).max(64),
  /** CLOCK_MONOTONIC in nanoseconds when all was attached, and up to when this batch tells. */
  attachedNs: u64,
  untilNs: u64,
  /** Totals since the probe began, not per batch: a lost batch loses no count. */
  totals: z.object({
    events: count,
    /** By bpftrace's own count. */
    lost: count,
    /** Lines that could not be decoded. */
    refused: count,
    /** Events the probe threw away at its own limits. */
    evicted: count,
  }),
  /**
   * Stretches of CLOCK_MONOTONIC, in the order of time and since the probe began, in which the kernel
   * left out runs of its scripts: a packet may have passed unseen. Absent: none, or nobody counts.
   */
  missed: z.array(z.object({
    fromNs: u64,
    toNs: u64,
    count,
    /**
     * How many of them were of which script: of those that are not named none was. Absent: of some that is
     * not known, or the probe is of before 2026-11-28.
     */
    scripts: z.record(z.string().max(64), count).optional(),
  })).max(64).optional(),
  /**
   * Stretches of CLOCK_MONOTONIC, in the order of time and since the probe began, in which so many of
   * `totals.lost` were lost. Of the others it is not known when; absent: of none, or the probe is of
   * before 2026-11-28.
   */
  losses: z.array(z.object({ fromNs: u64, toNs: u64, count })).max(64).optional(),
  /**
   * Stretches of CLOCK_MONOTONIC, in the order of time and since the probe began, in which only some
   * packets were told, by their `rank`: all from `rank` on by the scripts that see them pass, from
   * `dropRank` on by those that tell of drops, errors and resets. Absent: all were told (rule O22).
   */
  sampled: z.array(z.object({
    fromNs: u64,
    toNs: u64,
    rank: z.number().int().min(0).max(RANK_MAX),
    dropRank: z.number().int().min(0).max(RANK_MAX),
  })).max(64).optional(),
  /**
   * The probe is a recorder: of what passes it tells what begins, ends or refuses something and the
   * first packets of a flow, and of a packet that dies the hops before (rule O25). `overwritten`: so many
   * hops of such ways may be missing, since the probe began, because later packets took their places.
   * `spared`: of so many packets that died there may be no hop because their flow was busy, of which it
   * keeps one packet in sixteen; absent: none, or the probe is of before 2026-11-27.
   */
  recorder: z.object({ overwritten: count, spared: count.optional() }).optional(),
  /** Event lines that came with this batch, as the ingest counted them; a probe leaves it out. */
  eventLines: count.optional(),
  /**
   * How many of the lines that came with this batch are of drops and their like, and the latest time of
   * any of its events, as the ingest found them; a probe leaves them out. With them it is known what is
   * gone when a store threw away a part. Absent: no event, or the ingest was of before 2026-11-28.
   */
  dropLines: count.optional(),
  latestEventNs: u64.optional(),
  /** One reading of both clocks, to place monotonic times in the day. */
  clock: z.object({
    monotonicNs: u64,
    wallMs: z.number().int().min(0),
    /** So far the two moments may be apart, ms. Absent: not known, as of probes before 2026-11-27. */
    boundMs: z.number().min(0).optional(),
  }),
  /**
   * Who tells, where it is no node: `cluster`, which asks the API of a cluster. Of its header only
   * `incident`, `probe` and `sequence` mean something then.
   */
  teller: z.literal("cluster").optional(),
  /** True in the last batch of a probe that ended in order. */
  final: z.boolean(),
});

export type BatchHeader = z.infer<typeof BatchHeader>;
