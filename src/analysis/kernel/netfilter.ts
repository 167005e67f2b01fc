/**
 * Which frees are netfilter's, and which part of it freed. Functions of Linux 5.10 to 6.18; the
 * reason `NETFILTER_DROP` is of 5.17 and later.
 */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason } from "./free_reason.ts";

/**
 * Functions that free what a hook refused: `nf_hook_slow` for a hook's verdict, nft, the tables of
 * iptables, arptables and ebtables, the queue to a program, rejects, connection tracking, NAT. Two
 * that begin with `br_nf_` send packets and are a matter of size, two ask for the route of what was
 * translated on a bridge, and `nf_ct_frag6_` puts fragments together.
 */
const FUNCTIONS = new RegExp(
  "^(nf_hook_slow|nft_|ip6?t_do_table|nf_hook_|nf_queue|nf_reinject|nfqnl_|nf_send_|nf_reject|" +
    "ebt_do_table|arpt_do_table|br_nf_(?!dev_queue_xmit|push_frag|pre_routing_finish(?!_bridge))|" +
    "nf_conntrack_|nf_ct_(?!frag)|" +
    "nf_nat_|synproxy_)",
);

/** Dropped by netfilter: by reason, and where the kernel gives none by function. */
export const isNetfilterDrop = (event: Event): boolean =>
  event.kind === "drop" && (event.reason === "NETFILTER_DROP" ||
    (!givesReason(event) && freedIn(event, FUNCTIONS)));

/** Freed by nft's own code. */
export const isInNft = (event: Event): boolean => freedIn(event, /^nft_/);

/** Freed by a table of iptables-legacy, arptables or ebtables. */
export const isInLegacyTable = (event: Event): boolean =>
  freedIn(event, /^(ip6?t_do_table|arpt_do_table|ebt_do_table)/);

/**
 * Refused by a table of iptables-legacy, as its answer was seen. The walk of a hook frees it at once; what
 * others freed meanwhile is another matter.
 */
export const isRefusedByLegacyTable = (event: Event): boolean =>
  isInHookWalk(event) && /^ip6?t_do_table$/.test(event.refusedBy ?? "");

/** Freed by nft, or refused by it and freed by the walk of a hook. */
export const isRefusedByNft = (event: Event): boolean =>
  isInNft(event) || (isInHookWalk(event) && event.refusedBy === "nft_do_chain");

/**
 * Connection tracking itself was seen to refuse it: it did not take it in, or could not enter its
 * connection; null: that was not seen.
 */
export function refusalByConntrack(event: Event): "not-taken-in" | "not-entered" | null {
  if (!isInHookWalk(event)) return null;
  if (event.refusedBy === "nf_conntrack_in") return "not-taken-in";
  return event.refusedBy === "__nf_conntrack_confirm" ? "not-entered" : null;
}

/** Freed on its way to or from a program that reads an NFQUEUE. */
export const isInProgramQueue = (event: Event): boolean =>
  freedIn(event, /^(nf_queue|nf_reinject|nfqnl_)/);

/**
 * Freed where a program that reads an NFQUEUE gave it back (Linux 6.9: `nfqnl_reinject`): the program let
 * it go no further, or ended, or a chain of the same hook behind the queue refused it.
 */
export const isGivenBack = (event: Event): boolean => freedIn(event, /^(nf|nfqnl)_reinject/);

/** Freed by the walk of a hook, which frees for whoever refused. */
export const isInHookWalk = (event: Event): boolean => event.function === "nf_hook_slow";

/** Bits of conntrack's status (`IPS_CONFIRMED`, `IPS_SRC_NAT`, `IPS_SRC_NAT_DONE`). */
const CONFIRMED = 0x8;
const SOURCE_TRANSLATED = 0x10 | 0x80;

/**
 * Refused with its source translated and its connection not yet entered in conntrack's table. That is
 * the last thing a hook does: `nf_confirm` refuses what has the ends of another connection.
 */
export const isUnconfirmedTranslation = (event: Event): boolean =>
  isNetfilterDrop(event) && isInHookWalk(event) && event.conntrackStatus !== undefined &&
  (event.conntrackStatus & CONFIRMED) === 0 &&
  (event.conntrackStatus & SOURCE_TRANSLATED) === SOURCE_TRANSLATED;

/** `IPS_DST_NAT` and `IPS_DST_NAT_DONE`. */
const DESTINATION_TRANSLATED = 0x20 | 0x100;

/** Conntrack gave it another destination. */
export const isDestinationTranslated = ({ conntrackStatus = 0 }: Event): boolean =>
  (conntrackStatus & DESTINATION_TRANSLATED) === DESTINATION_TRANSLATED;

/** Freed by the evaluation of nft's rules or of an iptables table: a rule or policy decided. */
export const isInRules = (event: Event): boolean => freedIn(event, /^(nft_|ip6?t_do_table)/);

/** Freed where connection tracking can refuse: by itself, or by the walk of a hook for it. */
export const mayBeConntrack = (event: Event): boolean =>
  freedIn(event, /^(nf_hook_slow|nf_conntrack_)/);

/**
 * Since Linux 6.7 nft frees by itself what it drops, and `nf_hook_slow` what others do.
 * `kernel` is a release as `uname -r` prints it, such as `6.18.3-amd64`.
 */
export function nftFreesItself(kernel: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  return Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 7);
}

/** Freed by a function of IPVS that sends a packet to the server it chose, in one of its modes. */
export const isFreedByVirtualSender = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^ip_vs_(nat|dr|tunnel|bypass|null|icmp)_xmit/);
