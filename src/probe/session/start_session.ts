/**
 * One trace of this kernel: one bpftrace for all nodes, their state, and the batches of both.
 */
import { onlineProcessors } from "../kernel/processors.ts";
import { mayBeCounted, monotonicClock } from "../state/mod.ts";
import { meansPlace, parseNamedFilter, placeOfHandle } from "../../event/filter/mod.ts";
import { Planner } from "../filter/plan.ts";
import { readCapability, requireTracing } from "../kernel/capability.ts";
import { readDropReasons } from "../kernel/reasons.ts";
import { kernelOptions } from "../run/kernel_options.ts";
import { budgetOf, bufferPages } from "../run/budget.ts";
import { countersOf, mapKeysFor, mixed } from "../run/counting.ts";
import { secretOf } from "../run/secret.ts";
import { RECORDER_MAP_KEYS } from "../run/choosing.ts";
import { loadSources } from "../run/render.ts";
import { cpuQuotaPercent, withinQuota } from "../run/quota.ts";
import { DEFAULT_SHARE } from "../run/share.ts";
import { Intake } from "./intake.ts";
import { NodeState } from "./node_state.ts";
import { RunningSession } from "./running_session.ts";
import type { Session, SessionOptions } from "./session.ts";
import { Tracer } from "./tracer.ts";

/**
 * Begins a trace. Rejects before anything is started: with LasthopError `filter_malformed` for a
 * filter that cannot be read, and with those of `requireTracing` for what this machine lacks.
 */
export async function startSession(options: SessionOptions): Promise<Session> {
  const filter = parseNamedFilter(options.filter);
  const planner = new Planner(filter, (netns) => intake.whereIs(netns));
  planner.name(options.places ?? []);
  const [capability, reasons, sources, quota, { mix, number }] = await Promise.all([
    options.capability ?? readCapability(options.bpftrace),
    readDropReasons(),
    loadSources(),
    cpuQuotaPercent(),
    secretOf(options.secret),
  ]);
  requireTracing(capability);
  const { share, words } = withinQuota(options.share ?? DEFAULT_SHARE, quota);
  if (words !== undefined) options.onProgress(words);
  // What is counted would be told of every flow, each second.
  const counters = options.recorder ? 0 : countersOf(share);
  const intake = new Intake({
    nodes: options.nodes,
    incident: options.incident,
    filter: options.filter,
    kernel: capability.kernel,
    bpftrace: capability.bpftrace ?? "",
    boot: capability.boot,
    reasonName: (number) => reasons.name(number),
    counting: { hashOf: (words) => mixed(mix, words), secretNumber: number },
    online: onlineProcessors,
    onBatch: options.onBatch,
    isBehind: options.isBehind,
    forgetNs: options.forgetNs,
    onDrop: (netns, event) => state.request(netns, mayBeCounted(event)),
    onActive: (netns) => state.activated(netns),
    onUnknownNetns: (netns) => state.lookSoon(netns),
  });
  const state = new NodeState(
    intake,
    (read) => session.stateRead(read),
    (read) => planner.addressesIn(read),
    planner.connections,
    share,
    (handle, node) => meansPlace(filter, placeOfHandle(handle, node)),
    options.readTimeoutMs,
  );
  const all = options.nodes.some((node) => node.all);
  const tracer = new Tracer({
    sources,
    render: {
      ...kernelOptions(capability),
      noSocket: reasons.number("NO_SOCKET"),
      netns: all ? null : options.nodes.flatMap(({ netns }) => netns.map(({ inode }) => inode)),
      follow: true,
      counters: counters > 0 ? mix : null,
      budget: budgetOf(share, capability),
      recorder: options.recorder ?? false,
      deep: options.deep ?? false,
    },
    run: {
      onLost: (count, isTimed) => intake.lost(count, isTimed),
      onMissed: (missed) => intake.missed(missed),
      nowNs: monotonicClock(),
      binary: options.bpftrace,
      version: capability.bpftrace ?? undefined,
      bufferPages: bufferPages(share, capability),
      attachTimeoutMs: options.attachTimeoutMs,
      stopGraceMs: options.stopGraceMs,
      share,
      mapKeys: options.recorder ? RECORDER_MAP_KEYS : mapKeysFor(counters),
    },
    openSource: (held) => intake.openSource(held),
    onProgress: options.onProgress,
    onScripts: (scripts) => intake.scripts = scripts,
    onDied: (failure) => session.died(failure),
  });
  const session = new RunningSession({ options, planner, intake, state, tracer });
  return session;
}
