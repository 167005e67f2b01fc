/** The parts of a program that tell which part of netfilter refused a packet that died. */

/** Tells bpftrace the types of the maps, before a line reads them. */
export const REFUSING_TYPES = `interval:s:3600 { if (nsecs == 0) {
  ${
  ["asked", "before", "refused"].flatMap((when) => ["Skb", "Of", "At"].map((what) => when + what))
    .concat("refusedNs", "freed").map((name) => `@${name}[cpu] = (uint64)0;`).join(" ")
}
} }`;

/**
 * A script with its fragments: `//@asked PART , SKB , TABLE , HOOK` where a part of netfilter is asked,
 * `//@answered REFUSAL` where it returns, `@isRefused(PART)` where the packet dies. `lib` gives a fragment.
 */
export function refusing(text: string, lib: (name: string) => string): string {
  return text
    .replace(
      /\/\/@asked (\d) , (.+) , (.+) , (.+)/g,
      (_, part, skb, table, hook) =>
        lib("refuser_asked").replace("@skb", skb).replace("@table", table)
          .replace("@part", part).replace("@hook", hook),
    )
    .replace(
      /\/\/@answered (\d)/g,
      (_, refusal) => lib("refuser_answered").replace("@refusal", refusal),
    )
    .replace(
      /@isRefused\((\d)\)/g,
      (_, part) => lib("refuser_told").replace(/^\/\/.*\n/gm, "").replace("@part", part).trimEnd(),
    );
}
