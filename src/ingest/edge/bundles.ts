/** Batches as bundles of lines, one for each shard, and back. */
import { shardOf } from "../../analysis/shards/mod.ts";
import { decodeLine, LineError } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import type { EventTier } from "../../event/kinds.ts";
import { gunzipped, gzipped } from "../http/gzip.ts";
import type { NewBatch } from "../stores/store.ts";
import type { Bundle, CommitBatch, Part } from "./parts.ts";
import { type Share, splitText } from "./split.ts";

const TIERS = ["ordinary", "drops"] as const satisfies EventTier[];

/** A part with its lines. */
export interface TextPart extends Part {
  /** Lines, each ended by "\n". */
  text: string;
}

/** Batches of one attempt by where their lines are kept. */
export interface Spread {
  bundles: Map<number, Bundle>;
  /** By batch, what the hub keeps. */
  own: CommitBatch["own"][];
}

/** Each event line to the shard of its packet (rule D1), all else to the hub. */
export async function spreadOver(batches: readonly NewBatch[], shards: number): Promise<Spread> {
  const parts = new Map<number, TextPart[]>();
  const own = batches.map(({ header, segments }, at) => {
    const kept: CommitBatch["own"] = [];
    for (const { tier, text } of segments) {
      if (tier === "state") kept.push({ tier, text });
      else {
        for (const [shard, share] of splitText(text, shards, shardOf)) {
          if (shard === null) kept.push({ tier, text: share.text });
          else addTo(parts, shard, partOf({ at, node: header.node, tier }, share));
        }
      }
    }
    return kept;
  });
  return { bundles: await bundled(parts), own };
}

/** The parts of one bundle by the shards that they belong to now. */
export function partsByShard(parts: readonly TextPart[], shards: number): Map<number, TextPart[]> {
  const found = new Map<number, TextPart[]>();
  for (const part of parts) {
    for (const [shard, share] of splitText(part.text, shards, shardOf)) {
      if (shard !== null) addTo(found, shard, partOf(part, share));
    }
  }
  return found;
}

const partOf = (
  { at, node, tier }: Pick<Part, "at" | "node" | "tier">,
  share: Share,
): TextPart => ({
  ...{ at, node, tier, lines: share.lines, chars: share.text.length, text: share.text },
});

function addTo(parts: Map<number, TextPart[]>, shard: number, part: TextPart): void {
  const known = parts.get(shard);
  if (known === undefined) parts.set(shard, [part]);
  else known.push(part);
}

async function bundled(parts: ReadonlyMap<number, TextPart[]>): Promise<Map<number, Bundle>> {
  const bundles = await Promise.all(
    [...parts].map(async ([shard, own]) => [shard, await bundleOf(own)] as const),
  );
  return new Map(bundles);
}

/** Parts as they are kept. */
export async function bundleOf(parts: readonly TextPart[]): Promise<Bundle> {
  const body = async (tier: EventTier) => {
    const own = parts.filter((part) => part.tier === tier);
    return own.length === 0 ? null : await gzipped(own.map(({ text }) => text).join(""));
  };
  return {
    parts: parts.map(({ text: _text, ...part }) => part),
    bodies: { ordinary: await body("ordinary"), drops: await body("drops") },
  };
}

/** The parts of a bundle with their texts; without those of a tier that was evicted. */
export const textsOf = async (bundle: Bundle): Promise<TextPart[]> =>
  [...await textByPart(bundle)].map(([part, text]) => ({ ...part, text }));

/** The texts of a bundle by its parts. */
export async function textByPart({ parts, bodies }: Bundle): Promise<Map<Part, string>> {
  const found = new Map<Part, string>();
  for (const tier of TIERS) {
    const body = bodies[tier];
    if (body === null) continue;
    const text = await gunzipped(body);
    let from = 0;
    for (const part of parts) {
      if (part.tier !== tier) continue;
      found.set(part, text.slice(from, from + part.chars));
      from += part.chars;
    }
  }
  return found;
}

/** The events of lines. */
export function decodeEvents(text: string): Event[] {
  const events: Event[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      const decoded = decodeLine(line);
      if (decoded.type === "event") events.push(decoded.event);
    } catch (error) {
      // Kept by an earlier version and not readable by this one.
      if (!(error instanceof LineError)) throw error;
    }
  }
  return events;
}
