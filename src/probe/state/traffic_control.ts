/**
 * Queueing disciplines and filters, from the text of `tc -s`. Text, because it is what people know
 * and what a row carries anyway; tc's JSON leaves out keys of several kinds in iproute2 6.1.
 */
import type { Qdisc, TrafficControlFilter } from "../../event/state.ts";
import { clip } from "./bounds.ts";

/** Blocks of a head line and the indented lines below it. */
function* blocks(text: string, word: string): Generator<string[]> {
  let block: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith(`${word} `)) {
      if (block.length > 0) yield block;
      block = [line];
    } else if (block.length > 0 && line.trim() !== "") block.push(line);
  }
  if (block.length > 0) yield block;
}

/** They drop what no filter sends to one of their classes, and what a class has no room for. */
const CLASSFUL = new Set(["drr", "qfq", "hfsc"]);

/** Queueing disciplines as `tc -s qdisc show` lists them. */
export function qdiscs(text: string): Qdisc[] {
  return [...blocks(text, "qdisc")].map((block) => {
    const head = (block[0] ?? "").trim();
    const all = block.join("\n");
    const parent = word(head, "parent") ?? (/ root\b/.test(head) ? "root" : undefined);
    const limit = / limit (\d+)/.exec(head)?.[1];
    const overlimits = count(all, /overlimits (\d+)/);
    const requeues = count(all, / requeues (\d+)\)/);
    const backlog = count(all, /backlog \S+ (\d+)p/);
    const kind = head.split(" ")[1] ?? "";
    const sent = CLASSFUL.has(kind) ? count(all, /Sent \d+ bytes (\d+) pkt/) : undefined;
    return {
      device: clip(word(head, "dev") ?? "", 255),
      kind: clip(kind, 255),
      handle: clip(head.split(" ")[2] ?? "", 255),
      ...(parent === undefined ? {} : { parent: clip(parent, 255) }),
      drops: count(all, /\(dropped (\d+)/) ?? 0,
      ...(overlimits === undefined ? {} : { overlimits }),
      ...(backlog === undefined ? {} : { backlogPackets: backlog }),
      ...(requeues === undefined ? {} : { requeues }),
      ...(sent === undefined ? {} : { sent }),
      ...(limit === undefined ? {} : { limit: Number(limit) }),
      text: clip(head, 4000),
    };
  });
}

function word(line: string, after: string): string | undefined {
  return new RegExp(`(?:^| )${after} (\\S+)`).exec(line)?.[1];
}

function count(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Filters of one hook of one device. `where`: `ingress`, `egress`, or the parent's handle. */
export function filters(text: string, device: string, where: string): TrafficControlFilter[] {
  const out: TrafficControlFilter[] = [];
  for (const block of blocks(text, "filter")) {
    const head = (block[0] ?? "").trim();
    // Lines that only say "there is a u32 here" or "a hash table" match no packet.
    if (/ divisor \d+/.test(head) || isBare(head, block)) continue;
    const preference = word(head, "pref");
    const handle = word(head, "handle") ?? word(head, "fh");
    const protocol = word(head, "protocol");
    out.push({
      device: clip(device, 255),
      where: clip(where, 255),
      kind: clip(/ pref \d+ (\S+)/.exec(head)?.[1] ?? "", 255),
      ...(preference === undefined ? {} : { preference: Number(preference) }),
      ...(protocol === undefined ? {} : { protocol: clip(protocol, 255) }),
      ...(handle === undefined ? {} : { handle: clip(handle, 255) }),
      text: clip(settled(block), 4000),
      actions: actions(block),
    });
  }
  return out;
}

/** One line of what was set up, without counters and ages, which differ each time. */
function settled(block: readonly string[]): string {
  const counts = /^(index \d|random type|Action statistics|Sent \d|backlog \d|rate \d\S* \d+pps)/;
  return block.map((line) => line.trim()).filter((line) => !counts.test(line)).join(" ")
    .replace(/ \((rule hit|success) [^)]*\)/g, "");
}

function isBare(head: string, block: readonly string[]): boolean {
  return block.length === 1 && / chain \d+$/.test(head) && !/ (handle|fh) /.test(head);
}

type Action = TrafficControlFilter["actions"][number];

function actions(block: readonly string[]): Action[] {
  const out: Action[] = [];
  const text = block.join("\n");
  const head = block[0] ?? "";
  // A direct-action program returns what becomes of the packet; only running it would tell.
  if (/\bdirect-action\b/.test(head)) out.push({ kind: "bpf", control: "direct-action" });
  for (const part of text.split(/\n?\s*action order \d+:\s*/).slice(1)) {
    out.push(action(part));
  }
  return out;
}

function action(text: string): Action {
  const line = text.split("\n")[0]?.trim() ?? "";
  const kind = line.split(/\s/)[0] ?? "";
  const mirred = /^mirred \((Ingress|Egress) (Redirect|Mirror) to device (\S+?)\)/.exec(line);
  const control = mirred
    ? /\)\s+(\S+)/.exec(line)?.[1]
    : /\b(pass|drop|stolen|pipe|continue|reclassify|trap|shot|ok)\b/.exec(
      line.slice(kind.length),
    )?.[1];
  const packets = count(text, /Sent \d+ bytes (\d+) pkt/);
  const drops = count(text, /\(dropped (\d+)/);
  return {
    kind: clip(kind, 255),
    ...(control === undefined ? {} : { control }),
    ...(mirred
      ? {
        mirred: {
          action: (mirred[2] ?? "").toLowerCase(),
          direction: (mirred[1] ?? "").toLowerCase(),
          device: clip(mirred[3] ?? "", 255),
        },
      }
      : {}),
    ...(packets === undefined ? {} : { packets }),
    ...(drops === undefined ? {} : { drops }),
  };
}
