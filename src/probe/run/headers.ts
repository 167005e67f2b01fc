/** The part of a script that finds the headers of its packet. */
/** The addresses from which a network header is found: as members, and in the words that are read at once. */
const NETWORK = {
  data: ["(uint64)$skb->data", "(uint64)$m.tms_cstime"],
  network: [
    "(uint64)$skb->head + (uint64)$skb->network_header",
    "(uint64)$m.tms_cutime + (((uint64)$m.tms_utime >> 32) & 0xffff)",
  ],
} as const;

/**
 * Where a packet's headers are: read at once where `headerWords` says where an skb has that, in bytes, and else
 * one by one. Only with raw tracepoints does it pay.
 */
export function headers(
  lib: (name: string) => string,
  { headerWords = null, raw }: { headerWords?: number | null; raw: boolean },
  from: keyof typeof NETWORK,
): string {
  const [members, words] = NETWORK[from];
  if (headerWords === null || !raw) return lib("headers").replace("@network", members);
  return lib("headers_words").replace("@network", words).replace("@words", String(headerWords));
}
