/** `--to`: the other end of what is traced, as a part of its filter. */
import { isIP } from "node:net";
import { cannotRead } from "../read_value.ts";

/**
 * The filter for packets between what it says and that end: an address with or without a port, or one
 * name, as `svc/payments`. Throws LasthopError `usage` for what is neither.
 */
export function withEnd(filter: string, to: string | undefined): string {
  if (to === undefined) return filter;
  const end = endWords(to);
  return filter.trim() === "" ? end : `(${filter}) and ${end}`;
}

function endWords(to: string): string {
  const [, address, port] = /^(.*?)(?::(\d+))?$/.exec(to) ?? [];
  const bare = isIP(to) !== 0 ? to : (address ?? "").replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0) {
    return bare === to || port === undefined ? `host ${bare}` : `(host ${bare} and port ${port})`;
  }
  if (/^[\w-]+\/[\w.*-]+$/.test(to)) return to;
  throw cannotRead(
    "--to",
    `"${to}" is no end`,
    "an address, ADDRESS:PORT, or a name like svc/NAME",
  );
}
