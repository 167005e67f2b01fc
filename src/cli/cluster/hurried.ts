/** What is said at the second signal, when nobody waits for probes to end. */
export const HURRIED = "ended at once; probes end by themselves and remove what they brought";
