/** A span of time, as the report's other times: two digits are enough to compare it with a timeout. */
export const secondsText = (seconds: number): string =>
  seconds >= 1 ? `${seconds.toFixed(1)} s` : `${Math.max(1, Math.round(seconds * 1e3))} ms`;
