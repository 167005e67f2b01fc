/** What the hub knows of one shard, by what that told. Rules D2 to D5. */
import { formKey } from "../correlate/identity.ts";
import type { ShardPacket, Withheld, WithheldFlow } from "../view/input.ts";
import type {
  FlowSummary,
  SelectedChange,
  Selection,
  SelectionChange,
  SummaryChange,
} from "./told.ts";

/** One shard as its hub knows it: what is as before stays the same objects. */
export class ToldShard {
  readonly #flows = new Map<string, FlowSummary>();
  readonly #packets = new Map<number, ShardPacket>();
  readonly #withheld = new Map<string, WithheldFlow>();
  #nodes: Withheld["nodes"] = [];
  /** What the shard was told is wanted. */
  readonly #wanted = new Map<string, "whole" | "partial">();

  /** Takes what the shard says of its flows. */
  summarize({ come, gone }: SummaryChange): void {
    for (const flow of come) this.#flows.set(formKey(flow.form), flow);
    for (const key of gone) {
      this.#flows.delete(key);
      this.#wanted.delete(key);
    }
  }

  /** All that the shard has. */
  get flows(): Iterable<FlowSummary> {
    return this.#flows.values();
  }

  /** What the shard has to be told so that it knows what is wanted; it counts as told then. */
  want(selection: WantedFlows): SelectionChange {
    const change: SelectionChange = { whole: [], partial: [], quiet: [] };
    for (const key of this.#flows.keys()) {
      const wanted = selection.get(key);
      if (wanted === this.#wanted.get(key)) continue;
      change[wanted ?? "quiet"].push(key);
      if (wanted) this.#wanted.set(key, wanted);
      else this.#wanted.delete(key);
    }
    return change;
  }

  /** Takes what the shard gives. */
  take({ come, gone, withheld }: SelectedChange): void {
    for (const id of gone) this.#packets.delete(id);
    for (const { id, packet } of come) this.#packets.set(id, packet);
    for (const key of withheld.gone) this.#withheld.delete(key);
    for (const flow of withheld.come) this.#withheld.set(flow.key, flow);
    this.#nodes = withheld.nodes;
  }

  /** Packets that it has given. */
  get packets(): Iterable<ShardPacket> {
    return this.#packets.values();
  }

  /** What it counts and has not given. */
  get withheld(): Withheld {
    return { flows: [...this.#withheld.values()], nodes: this.#nodes };
  }
}

/** What is wanted, by the form as it was sent. */
export type WantedFlows = ReadonlyMap<string, "whole" | "partial">;

/** A selection by its keys. */
export const wantedFlows = ({ whole, partial }: Selection): WantedFlows =>
  new Map([
    ...whole.map((key) => [key, "whole"] as const),
    ...partial.map((key) => [key, "partial"] as const),
  ]);
