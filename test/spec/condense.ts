/**
 * An archive of real events to a spec: `deno run -A test/spec/condense.ts FILE "A claim. [ID]"`.
 *
 * Addresses of skbs get short names, times whole microseconds, and every line of state that the
 * report does without is left out, except those that `--keep REGEX` names. The result is printed.
 */
import { analyse } from "../../src/analysis/mod.ts";
import type { BatchHeader } from "../../src/event/batch.ts";
import { decodeLine } from "../../src/event/codec.ts";
import type { Event } from "../../src/event/event.ts";
import type { NetnsState } from "../../src/event/state.ts";
import { inputOf } from "./form/batches.ts";
import { type Context, eventText } from "./form/event_text.ts";
import { exchangesText, reportText } from "./form/report_text.ts";
import { parseSpec } from "./form/spec.ts";
import { stateText } from "./form/state_text.ts";
import { nanoseconds, timeText } from "./form/words.ts";

interface Part {
  header: BatchHeader;
  events: Event[];
  states: NetnsState[];
}

async function parts(path: string): Promise<{ filter: string; nodes: Part[] }> {
  const file = await Deno.open(path);
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const [first = "{}", ...lines] = (await new Response(stream).text()).trimEnd().split("\n");
  const nodes = new Map<string, Part>();
  let part: Part | undefined;
  for (const text of lines) {
    const { ingest: _, ...value } = text.startsWith("{") ? JSON.parse(text) : { ingest: 0 };
    const line = decodeLine(text.startsWith("{") ? JSON.stringify(value) : text);
    if (line.type === "header") {
      const known = nodes.get(line.header.node);
      part = { events: [], states: [], ...known, header: line.header };
      nodes.set(line.header.node, part);
    } else if (line.type === "event") part!.events.push(line.event);
    else if (line.type === "state") part!.states.push(line.state);
  }
  return { filter: JSON.parse(first).filter, nodes: [...nodes.values()] };
}

/** Without the prefix of whoever made it: `lhsp-i4-pod1` is `pod1`. */
const shortName = (name: string) => name.replace(/^lh\w+-(i\d-)?/, "");

/** Events in microseconds after the first of all, in the order of their node. */
function retimed(events: Event[], first: bigint): Event[] {
  let last = 0n;
  return [...events].sort((a, b) => Number(a.timeNs - b.timeNs)).map((event) => {
    const us = (event.timeNs - first) / 1000n + 1n;
    last = us > last ? us : last + 1n;
    return { ...event, timeNs: last * 1000n, cpu: 0 };
  });
}

/** Addresses by order of appearance: skbs `a1`, `a2` …; a head of its own only where it is shared. */
function renamed(events: Event[], letter: string, names: Map<string, string>): Event[] {
  const heads = new Map<string, Set<string>>();
  for (const { skb, head } of events) {
    if (head !== undefined) heads.set(head, (heads.get(head) ?? new Set()).add(skb ?? ""));
  }
  const name = (key: string, prefix: string) => {
    if (!names.has(key)) names.set(key, `${prefix}${names.size + 1}`);
    return names.get(key)!;
  };
  return events.map(({ skb, head, ...event }) => {
    if (skb === undefined) return event;
    const shared = head !== undefined && heads.get(head)!.size > 1;
    const own = name(`s${skb}`, letter);
    return { ...event, skb: own, head: shared ? name(`h${head}`, "c") : own };
  });
}

function firstOf(nodes: Part[]): bigint {
  const packets = nodes.flatMap(({ events }) => events.filter((event) => !isSolicitation(event)));
  const times = packets.map((event) => event.timeNs);
  return times.reduce((a, b) => a < b ? a : b);
}

function text(title: string, filter: string, nodes: Part[]): string[] {
  const first = firstOf(nodes);
  const lines = [`# ${title}`, ...(filter === "" ? [] : [`filter ${filter}`])];
  const events: { at: bigint; line: string }[] = [];
  const names = new Map<string, string>();
  for (const [index, part] of nodes.entries()) {
    const node = part.header.node;
    const inodes = part.header.netns.map(({ inode }) => inode);
    const number = (inode: number) => 10 * (index + 1) + inodes.indexOf(inode);
    const short = (inode: number) =>
      shortName(part.header.netns.find((known) => known.inode === inode)?.name ?? String(inode));
    lines.push(
      `-- node ${node} --`,
      `until ${timeText(((BigInt(part.header.untilNs) - first) / 1_000_000n) * 1_000_000n)}`,
    );
    if (part.header.totals.lost > 0) lines.push(`lost ${part.header.totals.lost}`);
    for (const inode of inodes) {
      const states = part.states.filter((state) => state.netns === inode);
      const links = states[0]?.links ?? [];
      const byNumber = JSON.stringify(
        links,
        (key, value) =>
          /^(peer|underlay)Netns$/.test(key) && inodes.includes(value) ? number(value) : value,
      );
      const state = { ...states[0]!, links: JSON.parse(byNumber) };
      lines.push(`netns ${number(inode)} ${short(inode)}`, ...stateText(state));
      const last = states.at(-1)!;
      const after = stateText({ ...last, links: state.links })
        .filter((line) => !lines.includes(line));
      if (states.length > 1) {
        const at = (BigInt(last.timeNs) - first) / 1000n;
        lines.push(`netns ${number(inode)} at ${at > 0n ? at : 0n}us`, ...after);
      }
    }
    const letter = String.fromCharCode(97 + index);
    const context: Context = {
      attachedNs: 0n,
      netnsName: short,
      isKnown: (netns, device, ifindex) =>
        part.states.some((state) =>
          state.netns === netns &&
          state.links.some((link) =>
            link.name === device && link.ifindex === ifindex && link.kind !== "loopback"
          )
        ),
      latest: new Map(),
    };
    for (const event of renamed(retimed(part.events, first), letter, names)) {
      events.push({ at: event.timeNs, line: `${node} ${eventText(event, context)}` });
    }
  }
  events.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  return [...lines, "-- events --", ...events.map(({ line }) => line)];
}

function reportOf(lines: string[]): string {
  const report = analyse(inputOf(parseSpec(lines.join("\n") + "\n", "spec")));
  return [...reportText(report), ...exchangesText(report)].join("\n");
}

/** Without one line after the other, as long as the report stays as it is. */
function reduced(lines: string[], isKept: (line: string) => boolean): string[] {
  const report = reportOf(lines);
  let result = lines;
  for (const line of [...lines].reverse()) {
    if (/^(#|--|filter |until )/.test(line) || isKept(line)) continue;
    const at = result.lastIndexOf(line);
    const shorter = result.filter((_, i) => i !== at);
    try {
      if (reportOf(shorter) === report) result = shorter;
    } catch {
      // Another line needs this one.
    }
  }
  return result;
}

/** `--keep REGEX --before TIME` as typed. */
function option(name: string): string | undefined {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? undefined : Deno.args[at + 1];
}

/** Later packets only say the same again; to end between two packets is up to the caller. */
function cut(nodes: Part[], before: string | undefined): Part[] {
  const end = firstOf(nodes) + nanoseconds(before ?? "1000s");
  return nodes.map((part) => ({
    ...part,
    events: part.events.filter((event) => event.timeNs < end && !isSolicitation(event)),
  }));
}

/** Every new device asks for routers; no spec is about that. */
const isSolicitation = (event: Event) => event.protocol === 58 && event.icmpType === 133;

if (import.meta.main) {
  const [path, title] = Deno.args;
  const { filter, nodes } = await parts(path!);
  const whole = text(title!, filter, cut(nodes, option("before")));
  const keep = option("keep");
  const isKept = (line: string) =>
    (/^\S+ (device-|drop|deliver|reset|icmp-error|route )/.test(line) && !line.includes("/arp")) ||
    (keep !== undefined && new RegExp(keep).test(line));
  console.log([...reduced(whole, isKept), "-- report --", "-- exchanges --"].join("\n"));
}
