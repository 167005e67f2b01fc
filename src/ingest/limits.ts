/** Every bound of the ingest. What a bound cost when it was reached is counted: `docs/http.md`. */
import type { AdmissionLimits } from "./intake/admission.ts";

/** Bounds of what is kept. */
export interface StoreLimits {
  /** Incidents, open and closed. */
  incidentsMax: number;
  /** Events kept per incident; beyond it the oldest ordinary hops go first, drops last. */
  eventsPerIncidentMax: number;
  /** Characters of kept lines and headers per incident, before compression. */
  bytesPerIncidentMax: number;
  /** Characters of those that node state may take; the oldest state goes first. */
  stateBytesPerIncidentMax: number;
  /** Characters over all incidents; beyond it batches are refused until something is deleted. */
  bytesTotalMax: number;
  /** Tokens for one incident, and as many for all. */
  tokensPerIncidentMax: number;
  /** Entries of the audit that only read. */
  auditReadsMax: number;
  /** Entries of the audit that changed something. */
  auditChangesMax: number;
  /** Bytes of the disk set aside, so that a full one has room for deleting; 0: none. */
  reserveBytes: number;
}

/** Every bound of an ingest. */
export interface Limits extends AdmissionLimits {
  store: StoreLimits;
  /** Bytes of one body of batches as sent. */
  bodyCompressedBytesMax: number;
  /** The same after decompression. */
  bodyBytesMax: number;
  /** Bytes of an archive that is imported, as sent. */
  archiveCompressedBytesMax: number;
  /** Bytes of an archive that is imported, after decompression. */
  archiveBytesMax: number;
  /** Characters of one line. State is one line per netns, so this is generous. */
  lineCharsMax: number;
  /** Lines of one batch, without its header. */
  linesPerBatchMax: number;
  /** Characters of one batch, all of which is in memory until it is stored. */
  batchCharsMax: number;
  /** Bodies being read at once; more wait. */
  bodiesInFlightMax: number;
  /** Of those, as many for one token, so that nobody takes all of them. */
  bodiesPerTokenMax: number;
  /** How long a body waits for others before it is answered 503. */
  bodyWaitMs: number;
  /** Bodies that wait; more are answered 503 at once. */
  bodiesWaitingMax: number;
  /** Longest silence of a sender. */
  bodyIdleMs: number;
  /** Longest time for a whole body. */
  bodyTotalMs: number;
  /** A body that is slower on the whole is cut off after `bodyIdleMs`, not `bodyTotalMs`. */
  bodyBytesPerSecondMin: number;
  /** Large answers (reports, archives) being sent at once; more are answered 503. */
  answersInFlightMax: number;
  /** Of those, as many for one token. */
  answersPerTokenMax: number;
  /** Longest time in which the reader of a large answer takes no further piece of it. */
  answerPieceMs: number;
  /**
   * Characters of reports per second that are read anew for one token, to write another form or look for
   * one flow: that takes the thread that answers everyone. Ten times as many at once.
   */
  rereadCharsPerSecond: number;
  /** Requests per second of one token, or of one address without a token. */
  requestsPerSecond: number;
  /** Requests after silence before that rate holds. */
  requestsBurst: number;
  /** Codes per second that are none, of one address. */
  guessesPerSecond: number;
  /** Such codes after silence before that rate holds. */
  guessesBurst: number;
  /** Refused and empty lines of one body; with more it ends, and what it had stored stays. */
  uselessLinesMax: number;
  /** The same of an archive that is imported: what is left of a damaged one has many. */
  archiveUselessLinesMax: number;
  /** Refused lines an answer spells out; the rest are only counted. */
  refusedListedMax: number;
  /** Shortest time between two computations of a live report. */
  recomputeMinMs: number;
  /** Longest silence of a live stream. */
  heartbeatMs: number;
  /** How long a live stream may outlast the token it was opened with. */
  tokenCheckMs: number;
  /** Live viewers of all incidents. */
  viewersMax: number;
  /** Of those, as many for one token, so that nobody takes all of them. */
  viewersPerTokenMax: number;
  /** Changes waiting for one viewer before it is told that it missed some. */
  viewerQueueMax: number;
  /** Bytes of messages that viewers have begun to read; with more the slowest are cut off. */
  liveBytesMax: number;
  /** The same of one token's viewers. */
  livePerTokenBytesMax: number;
  /** Longest time in which a reader takes nothing of what waits for it; then it is cut off. */
  sendStallMs: number;
  /** Bytes that wait in the kernel for one reader; the kernel takes twice as much for it. */
  sendBufferBytes: number;
  /** Characters of a report that is sent as a message; the stream of a longer one ends. */
  liveMessageCharsMax: number;
  /** Changes kept per incident for viewers that come back. */
  changesKeptMax: number;
  /** Days after which a closed incident is deleted; 0: never. */
  closedKeepDays: number;
  /** How often it is looked for incidents to delete. */
  sweepMs: number;
  /** The same token doing the same is one entry of the audit for so long. */
  auditRepeatMs: number;
  /** Events whose analysis is kept in memory, of all incidents beyond the one in use. */
  analysedEventsMax: number;
}

const MIB = 1024 * 1024;

/** What holds unless something else is asked for. */
export const DEFAULT_LIMITS: Limits = {
  store: {
    incidentsMax: 1000,
    eventsPerIncidentMax: 300_000,
    bytesPerIncidentMax: 256 * MIB,
    stateBytesPerIncidentMax: 64 * MIB,
    bytesTotalMax: 16 * 1024 * MIB,
    tokensPerIncidentMax: 1000,
    auditReadsMax: 10_000,
    auditChangesMax: 10_000,
    reserveBytes: 8 * MIB,
  },
  bodyCompressedBytesMax: 16 * MIB,
  bodyBytesMax: 128 * MIB,
  archiveCompressedBytesMax: 512 * MIB,
  archiveBytesMax: 4096 * MIB,
  lineCharsMax: 16 * MIB,
  linesPerBatchMax: 100_000,
  batchCharsMax: 64 * MIB,
  bodiesInFlightMax: 64,
  bodiesPerTokenMax: 32,
  bodyWaitMs: 8_000,
  bodiesWaitingMax: 2_000,
  bodyIdleMs: 15_000,
  bodyTotalMs: 300_000,
  bodyBytesPerSecondMin: 1_000,
  answersInFlightMax: 32,
  answersPerTokenMax: 8,
  rereadCharsPerSecond: 16 * MIB,
  answerPieceMs: 60_000,
  requestsPerSecond: 100,
  requestsBurst: 300,
  guessesPerSecond: 0.2,
  guessesBurst: 10,
  probeEventsPerSecond: 20_000,
  probeBytesPerSecond: 8 * MIB,
  incidentEventsPerSecond: 100_000,
  incidentBytesPerSecond: 32 * MIB,
  accountEventsPerSecond: 200_000,
  accountBytesPerSecond: 64 * MIB,
  burstSeconds: 10,
  uselessLinesMax: 10_000,
  archiveUselessLinesMax: 1_000_000,
  refusedListedMax: 100,
  recomputeMinMs: 100,
  heartbeatMs: 5_000,
  tokenCheckMs: 10_000,
  viewersMax: 2_000,
  viewersPerTokenMax: 1_000,
  viewerQueueMax: 1_000,
  liveBytesMax: 64 * MIB,
  livePerTokenBytesMax: 24 * MIB,
  sendStallMs: 30_000,
  sendBufferBytes: MIB / 4,
  liveMessageCharsMax: 48 * MIB,
  changesKeptMax: 2_000,
  closedKeepDays: 0,
  sweepMs: 3_600_000,
  auditRepeatMs: 3_600_000,
  analysedEventsMax: 100_000,
};

/** The defaults with some of them replaced, those of the store one by one. */
export function limitsWith(
  some: Partial<Omit<Limits, "store">> & { store?: Partial<StoreLimits> } = {},
): Limits {
  return { ...DEFAULT_LIMITS, ...some, store: { ...DEFAULT_LIMITS.store, ...some.store } };
}

/** Some of the limits, to go before the defaults. */
export type LimitsOverride = Parameters<typeof limitsWith>[0];
