/** Lets time pass where the incident itself is one of time: a pod that pauses, a slow program. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
