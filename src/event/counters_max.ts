/** The most counters of packets that a probe may be given: what it runs and what reads them both hold to it. */
export const COUNTERS_MAX = 65_536;
