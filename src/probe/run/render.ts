/**
 * Renders the scripts of `bpf/` into one bpftrace program for this kernel and this filter.
 *
 * A script is bpftrace with a few lines for the renderer: `//@packet`, `//@fields`, `//@emit L`,
 * `//@take` include a fragment of `bpf/lib`; `//@early place` and `//@late place` do, too, the one
 * where namespaces are told apart, the other where not, so that a packet that is not told costs less; `@netns`, `@vxlanPorts`, `@reason` …
 * become expressions; `@le8(x, n)` reads bytes as a word. One program, because one process attaches
 * faster and prints events of a processor in order.
 */
import { attachPointsOf, offsetsOf, whyNotHere } from "./attach_points.ts";
import type { Budget } from "./budget.ts";
import { counting, COUNTING_TYPES, type Mix } from "./counting.ts";
import { choosing, CHOOSING_TYPES, dying, RECORDER_TYPES, recording, tick } from "./choosing.ts";
import { EVENT_SCRIPTS } from "../../event/kinds.ts";
import type { Script } from "../../event/report.ts";
import { beating, littleEndians, netnsExpression, portsExpression } from "./expressions.ts";
import { withCaller } from "./caller.ts";
import { forKernel } from "./for_kernel.ts";
import { headers } from "./headers.ts";
import { isPlain, opaque, type Plain } from "./opaque.ts";
import { pressed, type Pressing } from "./pressing.ts";
import { refusing, REFUSING_TYPES } from "./refusing.ts";
import { toRaw, withStack } from "./raw.ts";
import type { ConntrackLayout } from "../kernel/conntrack.ts";
import { placed, takeFragment, type Taking } from "./taking.ts";
import type { NftLayout } from "../kernel/nft.ts";
import type { TableLayout } from "../kernel/tables.ts";

/** What the program is for: this kernel and this filter. */
export interface RenderOptions extends Taking {
  /** Tracepoints this kernel has, as `net:netif_receive_skb`. */
  tracepoints: ReadonlySet<string>;
  /** This kernel has kprobes; scripts that need one say so by attaching to it. */
  kprobes: boolean;
  /** Functions that can be probed on this kernel; absent: none. */
  functions?: ReadonlySet<string>;
  /** Release of the kernel, as `uname -r` prints it; absent: not known. */
  kernel?: string;
  /** Where nft keeps what a rule is of; null or absent: not known. */
  nft?: NftLayout | null;
  /** Where tables and chains have their names; null or absent: not known. */
  tables?: TableLayout | null;
  /** Namespaces to watch; null for all. */
  netns: readonly number[] | null;
  /** How many processors run; absent: one. */
  cpus?: number;
  /** Where comparisons are written as they are, not so that the kernel's verifier learns nothing of them. */
  plain?: Plain;
  /** How many events are told before only those of some packets are; null: all (rule O22). */
  budget: Budget | null;
  /** How it is asked to tell less while it runs; absent or null: it is not. */
  pressing?: Pressing | null;
  /** Packets are counted by flow and place, too, with addresses mixed so; null: they are not (rule O23). */
  counters: Mix | null;
  /**
   * Of what passes only what begins, ends or refuses something is told, and the first packets of each
   * flow; the hops of others are kept, and told when their packet dies. It needs a budget.
   */
  recorder?: boolean;
  /** Where an skb says where its headers are, in one piece; null or absent: not known. */
  headerWords?: number | null;
  /** The kernel gives a drop's reason. */
  reason: boolean;
  /** That of whom no socket waits for; undefined: it is not known. */
  noSocket?: number | undefined;
  /** Use raw tracepoints where a script says how: cheaper, but bpftrace 0.17 aborts on them. */
  raw: boolean;
  /** With raw tracepoints in all namespaces: each line is put together on the stack. */
  linesOnStack?: boolean;
  /** Scripts that cost more than they tell are attached, too. */
  deep?: boolean;
  /** False: the kernel does not tell who is done with a packet, so that its script is left out. */
  consumeFunction?: boolean | undefined;
}

/** A program, and which scripts are in it. */
export interface Rendered {
  program: string;
  scripts: Script[];
}

const CHAIN = "netfilter_chain";
/** Scripts that tell which part of the kernel refused a packet that the script `drop` has told. */
const REFUSED: readonly string[] = [
  ...["refused_iptables", "refused_ip6tables", "refused_nft", "refused_conntrack", "refused_tc"],
];

/**
 * The scripts, in the order in which they are attached. The heartbeat is last, so that its first
 * tick means that all others are attached.
 */
export const SCRIPTS: readonly string[] = [
  // What is attached first to a tracepoint runs first: it adds to what the script `drop` has told.
  ...[...EVENT_SCRIPTS, ...REFUSED, CHAIN],
  "ready",
];

/** Scripts on kprobes cost each packet something and tell of few: only where they are asked for. */
export const DEEP_SCRIPTS: readonly string[] = ["xdp_driver", "netfilter", ...REFUSED, CHAIN];

const FRAGMENTS: readonly string[] = [
  ...["asked", "asked_connection", "asker", "asking", "conntrack", "device", "emit", "fields"],
  ...["ip", "packet", "place", "neighbour_raw", "ready_raw", "innermost", "rank", "choose"],
  ...["first", "tell", "choose_recorder", "budget", "count", "record", "dying", "way", "headers"],
  ...["headers_words", "room", "refuser_asked", "refuser_answered", "refuser_told"],
  ...["late", "unread", "unasked", "carried"],
];

/** Tells bpftrace the type of a map before the first line that reads it. */
const ASKED_TYPE = "interval:s:3600 { @asked[(uint64)0] = (uint64)0; }";

const BPF = new URL("../../../bpf/", import.meta.url);

/** Reads all scripts and fragments once; they are part of the program. */
export async function loadSources(): Promise<Map<string, string>> {
  const names = [...SCRIPTS, ...FRAGMENTS.map((name) => `lib/${name}`)];
  const read = async (name: string) =>
    [name, await Deno.readTextFile(new URL(`${name}.bt`, BPF))] as const;
  return new Map(await Promise.all(names.map(read)));
}

/** The source of a script or fragment. Throws RangeError when there is none of that name. */
export function sourceOf(sources: ReadonlyMap<string, string>, name: string): string {
  const source = sources.get(name);
  if (source === undefined) throw new RangeError(`No source of "${name}", must be in bpf/`);
  return source;
}

/**
 * Puts the scripts that this kernel has what they attach to for into one program; the others say why
 * not. `leftOut` are further scripts to leave out, by name, and why.
 */
export function render(
  sources: ReadonlyMap<string, string>,
  options: RenderOptions,
  leftOut: ReadonlyMap<string, string> = new Map(),
): Rendered {
  const parts: string[] = [];
  const scripts: Script[] = [];
  const isAdded = (name: string) =>
    !leftOut.has(name) && whyNotHere(sourceOf(sources, name), options) === null;
  const isNoted = options.deep && [...REFUSED, CHAIN].some(isAdded);
  const noted = isNoted ? "@freed[cpu] = (uint64)$skb;" : "";
  for (const name of SCRIPTS) {
    const source = withCaller(name, stripHeader(sourceOf(sources, name)), options);
    if (name === "counted" && options.counters === null) continue;
    if (DEEP_SCRIPTS.includes(name) && !options.deep) continue;
    const why = leftOut.get(name) ?? whyNotHere(source, options);
    if (why !== null) {
      scripts.push({ name, state: "unavailable", why });
      continue;
    }
    scripts.push({ name, state: "attached" });
    const raw = options.raw ? sources.get(`lib/${name}_raw`) : undefined;
    const whole = (raw ? stripHeader(raw) : source).replace("//@chain", noted);
    const plain = isPlain(options.plain, name);
    parts.push(renderScript(whole, sources, { ...options, plain }));
    // Right after the script: what is attached first to a tracepoint runs first.
    if (isRecorder(options) && source.includes("//@dying")) {
      parts.push(renderWay(source, sources, options));
    }
  }
  if (parts.some((part) => part.includes("@asked["))) parts.unshift(ASKED_TYPE);
  // Before the heartbeat, whose first tick means that all is attached.
  if (options.budget !== null && options.pressing) parts.unshift(pressed(options.pressing));
  if (options.budget !== null) parts.unshift(CHOOSING_TYPES);
  if (options.counters !== null) parts.unshift(COUNTING_TYPES);
  if (isRecorder(options)) parts.unshift(RECORDER_TYPES);
  if (isNoted) parts.unshift(REFUSING_TYPES);
  return { program: withStack(parts.join("\n") + "\n", options), scripts };
}

/** The recorder's program for the tracepoint of a script that tells deaths. */
function renderWay(
  source: string,
  sources: ReadonlyMap<string, string>,
  options: RenderOptions,
): string {
  const [point = ""] = attachPointsOf(source);
  const way = stripHeader(sourceOf(sources, "lib/way")).replace("@point", point);
  return renderScript(way, sources, options);
}

const isRecorder = ({ recorder = false, budget }: RenderOptions) => recorder && budget !== null;

function stripHeader(source: string): string {
  return source.replace(/^(\/\/.*\n|#!.*\n)+/, "");
}

function renderScript(
  source: string,
  sources: ReadonlyMap<string, string>,
  options: RenderOptions,
): string {
  const lib = (name: string) => sourceOf(sources, `lib/${name}`);
  const recorder = isRecorder(options);
  const own = forKernel(source, options.kernel);
  let text = refusing(options.raw ? toRaw(own) : own, lib);
  text = text.replace(
    /\/\/@emit (\w)(?: (\S+) , (.*))?/g,
    (_, letter, format, extra) =>
      lib("emit").replaceAll("@letter", letter).replace("@format", format ?? "")
        .replace("@extra", extra ? `, ${extra}` : ""),
  );
  const conntrack = options.conntrack ? conntrackFragment(lib, options.conntrack) : "";
  text = text.replace("//@conntrack", conntrack);
  text = text.replace(
    /\/\/@headers (data|network)/,
    (_, from: "data" | "network") => headers(lib, options, from),
  );
  text = text.replace("//@room", options.raw || options.deep ? stripHeader(lib("room")) : "");
  text = text.replace("//@packet", lib("packet")).replace("//@fields", lib("fields"));
  text = text.replace(/\/\/@count (\d)/, (_, at) => counting(lib, options.counters, at));
  const when = options.netns === null ? "late" : "early";
  text = text.replace(
    /\/\/@(early|late) (\w+)/g,
    (_, at: string, name: string) => at === when ? lib(name) : "",
  );
  text = text.replace(
    /\/\/@choose (hop|rare)( unasked)?/,
    (_, kind, spares) => choosing(lib, { ...options, recorder }, kind, spares !== undefined),
  )
    // Each place is one of a device and a script.
    .replaceAll("@seed", String(source.length));
  text = text.replace(
    /\/\/@tick (\S+)(?: , (.*))?/,
    (_, format, values) => tick(lib, options.budget, format, values, recorder),
  );
  if (options.budget !== null) {
    text = text.replace(
      /\/\/@unread(.*)/,
      (_, when) => `if (${when || "1 == 1"}) {\n${lib("unread")}}`,
    );
  }
  text = text.replace(
    /\/\/@record (\w)/,
    (_, sent) => recorder ? recording(lib, sent) : "",
  ).replace("//@dying", recorder ? dying(lib, options.budget) : "");
  // Of each processor where each has a buffer of its own (`src/probe/read/caught_up.ts`).
  if (!options.raw) text = text.replaceAll("@emitted = count()", "@emitted[cpu] = count()");
  text = text.replaceAll("@rank", options.budget === null ? "(uint64)0" : "$z");
  text = text.replace(/\/\/@take(.*)/, (_, words) => takeFragment(lib, options, words));
  text = text.replace(/\/\/@ip (\w)/g, (_, prefix) => lib("ip").replaceAll("$@", `$${prefix}`));
  text = beating(littleEndians(text), options.cpus)
    .replaceAll("@netnsOrNone", options.netns === null ? "1 == 1" : "$ns == 0 || @netns")
    .replaceAll("@netns", netnsExpression(options.netns))
    .replaceAll("@vxlanPorts", portsExpression(options.tunnelPorts.vxlan))
    .replaceAll("@genevePorts", portsExpression(options.tunnelPorts.geneve))
    .replaceAll("@fouPorts", portsExpression(options.tunnelPorts.fou))
    .replaceAll("@reason", options.reason ? (options.raw ? "arg2" : "args->reason") : "0");
  for (const [name, at] of offsetsOf(options)) text = text.replaceAll(name, String(at));
  return opaque(text, options.plain === true).replace(/^\s*\/\/.*\n/gm, "");
}

const conntrackFragment = (lib: (name: string) => string, layout: ConntrackLayout) =>
  placed(lib("conntrack"), layout);
