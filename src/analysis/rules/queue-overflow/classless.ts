/** Queueing disciplines that drop what has no class. */
import type { NetnsState, Qdisc } from "../../../event/state.ts";
import { isIncomplete } from "../../view/state_view.ts";

/** These drop what no filter sends to a class that is there; the classes are not read. */
const KINDS = new Set(["drr", "qfq", "hfsc"]);

/** It may have dropped a packet for want of a class. */
export const dropsClassless = ({ kind }: Qdisc): boolean => KINDS.has(kind);

/**
 * It has neither a default class nor a filter, by what was read: then only what a socket or a rule of the
 * firewall gave a class by its priority (`SO_PRIORITY`, CLASSIFY) is not dropped.
 */
export const hasNoWayIn = (state: NetnsState | null, { device, handle, kind, text }: Qdisc) =>
  KINDS.has(kind) && state !== null && !isIncomplete(state, ["state", "filters"]) &&
  !/\bdefault\b/.test(text) &&
  !state.filters.some((filter) => filter.device === device && filter.where.startsWith(handle));
