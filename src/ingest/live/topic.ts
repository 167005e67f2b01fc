/** The live view of one incident: its changes, numbered and kept for a while, and its viewers. */
import type { Clock } from "../clock.ts";
import type { HubFigures } from "../http/metrics.ts";
import type { Limits } from "../limits.ts";
import type { End } from "./live_event.ts";
import type { ReportText } from "./report_text.ts";
import type { Computed, Reports } from "./reports.ts";
import type { ReportChange } from "./spelled.ts";
import { charsOfItems, countOfEvents, isOther, messagesOf } from "./told.ts";
import { countOf, eventsOf, type Message, Viewer } from "./viewer.ts";

/** What the live view of one incident needs. */
export interface TopicOptions {
  incident: string;
  epoch: string;
  reports: Reports;
  clock: Clock;
  limits: Limits;
  figures: Pick<HubFigures, "viewers" | "missed">;
  log: (line: string) => void;
}

/** Who is told of each report as it was computed. Its text becomes that of the next one. */
export type Follower = (computed: Computed) => void;

/** How often it is looked for nodes that are not heard any more, ms. */
const LOOK_MS = 5_000;
const CHANGES_KEPT_CHARS_MAX = 16 * 1024 * 1024;

/** The live view of one incident. */
export class Topic {
  /** Where it is kept that is closed; null where nobody said so. */
  archive: string | null = null;
  #viewers = new Set<Viewer>();
  /** Who follows in this process, without a stream. */
  #followers = new Set<Follower>();
  #current: Computed | null = null;
  #whole: Message | null = null;
  #cursor = 0;
  /** The last changes; the last of them has number `#cursor`. */
  #kept: Message[] = [];
  #keptChars = 0;
  /** Of those, as many as each message has. */
  #counted = new WeakMap<Message, number>();
  #timer: (() => void) | null = null;
  #dirty = false;
  /** Until it is looked again for nodes that are not heard any more. */
  #looking: (() => void) | null = null;

  constructor(readonly options: TopicOptions) {}

  /** How many watch it, in whatever way. */
  get viewers(): number {
    return this.#viewers.size + this.#followers.size;
  }

  /** New data: computes soon, when anyone watches. */
  changed(): void {
    if (this.viewers === 0) return;
    this.#dirty = true;
    this.#schedule();
  }

  /** While anyone watches, time alone may change the report: a node is not heard any more. */
  #look(): void {
    this.#looking ??= this.options.clock.after(LOOK_MS, () => {
      this.#looking = null;
      if (this.viewers === 0) return;
      this.changed();
      this.#look();
    });
  }

  #stopLooking(): void {
    this.#looking?.();
    this.#looking = null;
  }

  #schedule(): void {
    const { clock, reports, incident } = this.options;
    this.#timer ??= clock.after(reports.pauseMs(incident), () => this.#run());
  }

  async #run(): Promise<void> {
    this.#dirty = false;
    try {
      await this.refresh();
    } catch (error) {
      this.options.log(`Cannot compute report of ${this.options.incident}: ${error}`);
    } finally {
      this.#timer = null;
      if (this.#dirty && this.viewers > 0) this.#schedule();
    }
  }

  /** Brings the view up to what is stored now. False: the incident is gone. */
  async refresh(): Promise<boolean> {
    const computed = await this.options.reports.live(this.options.incident);
    if (computed === null) {
      this.end("deleted");
      return false;
    }
    this.take(computed);
    return true;
  }

  /** Tells viewers what is new in a report. Each one is given, or those between are told as one. */
  take(computed: Computed): void {
    const before = this.#current;
    if (before !== null && before.number >= computed.number) return;
    this.#current = computed;
    for (const follower of this.#followers) follower(computed);
    if (this.#isTooLarge()) return this.end("too-large");
    if (before !== null) this.#publish(before, computed);
    if (computed.closed) this.end("closed");
    else this.#goOn();
  }

  /** What waits for its turn is told although nothing more comes. */
  #goOn(): void {
    if (this.#current?.isPostponed) this.changed();
  }

  #publish(before: Computed, { change, text }: Computed): void {
    if (change?.since !== before.number || !this.#isWorth(change.told, text)) {
      if (this.#viewers.size > 0) this.#push(reportMessage(text));
      else this.#forgetAll();
    } else if (isOther(change.told)) {
      for (const message of messagesOf(change.told, text)) this.#push(message);
    }
  }

  /** Of more than half of a report nobody has use who could have all of it; of few events it costs nobody much. */
  #isWorth(told: ReportChange, text: ReportText): boolean {
    if (countOfEvents(told) <= this.options.limits.viewerQueueMax / 2) return true;
    return charsOfItems(told) <= Math.min(text.chars / 2, CHANGES_KEPT_CHARS_MAX);
  }

  #push(message: Message): void {
    this.#whole = null;
    for (const event of eventsOf(message)) {
      this.#cursor += 1;
      event.id = this.#cursorText();
      if (event.brief !== undefined) event.brief.id = event.id;
    }
    this.#kept.push(message);
    this.#count(message, this.#viewers.values().every((viewer) => viewer.isBrief));
    this.#forgetSome();
    for (const viewer of this.#viewers) viewer.push(message);
  }

  /** Whoever comes back is told the whole report. */
  #forgetAll(): void {
    this.#cursor += 1;
    this.#whole = null;
    this.#kept = [];
    this.#keptChars = 0;
  }

  /** What is made of a message for those who want it is kept with it. */
  #count(message: Message, isBrief: boolean): void {
    const { brief } = message;
    const briefChars = brief?.data.length ?? 0;
    const chars = briefChars + (brief !== undefined && isBrief ? 0 : charsOf(message));
    const before = this.#counted.get(message) ?? 0;
    if (chars <= before) return;
    this.#keptChars += chars - before;
    this.#counted.set(message, chars);
  }

  #forgetSome(): void {
    while (
      this.#kept.length > this.options.limits.changesKeptMax ||
      this.#keptChars > CHANGES_KEPT_CHARS_MAX
    ) {
      const gone = this.#kept.shift()!;
      this.#keptChars -= this.#counted.get(gone)!;
      for (const viewer of this.#viewers) viewer.lose(gone);
    }
  }

  /**
   * A viewer that has been given its hello and what it lacks. Call after `refresh`. `onLeft` is called
   * once, when it leaves. `isBrief`: it asked for differences of lists.
   */
  join(cursor: string | null, onLeft = () => {}, isBrief = false): Viewer {
    const { incident, limits, figures } = this.options;
    const viewer = new Viewer(limits.viewerQueueMax, {
      onLeave: (gone) => {
        if (!this.#viewers.delete(gone)) return;
        if (this.viewers === 0) this.#stopLooking();
        figures.viewers -= 1;
        onLeft();
      },
      catchUp: (count) => this.#catchUp(count),
    }, isBrief);
    this.#viewers.add(viewer);
    this.#look();
    figures.viewers += 1;
    const hello = { incident, cursor: this.#cursorText() };
    viewer.push({ event: "hello", data: JSON.stringify(hello) });
    if (this.#isTooLarge()) {
      viewer.end(this.#endMessage("too-large"));
      return viewer;
    }
    const lacking = this.#since(cursor);
    if (lacking === null) viewer.push(this.#full());
    else {
      for (const message of lacking) {
        this.#count(message, isBrief);
        viewer.push(message);
      }
      this.#forgetSome();
    }
    if (this.#current?.closed === true) viewer.end(this.#endMessage("closed"));
    this.#goOn();
    return viewer;
  }

  /** Tells somebody in this process of each report, of this one first. Call after `refresh`. The answer ends it. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    this.#look();
    if (this.#current !== null) follower(this.#current);
    this.#goOn();
    return () => {
      this.#followers.delete(follower);
      if (this.viewers === 0) this.#stopLooking();
    };
  }

  #catchUp(count: number): Message[] {
    this.options.figures.missed += count;
    const missed = { event: "missed", data: JSON.stringify({ count }) };
    return this.#isTooLarge() ? [missed] : [missed, this.#full()];
  }

  /** A report that is no message any more: a viewer would hold all of it in memory. */
  #isTooLarge(): boolean {
    return (this.#current?.text.chars ?? 0) > this.options.limits.liveMessageCharsMax;
  }

  end(reason: End["reason"]): void {
    this.#stopLooking();
    for (const viewer of this.#viewers) viewer.end(this.#endMessage(reason));
  }

  #endMessage(reason: End["reason"]): Message {
    const isKept = reason === "closed" && this.archive !== null;
    const end: End = isKept ? { reason, archive: this.archive! } : { reason };
    return { event: "end", data: JSON.stringify(end) };
  }

  /** The whole report, one message for all who ask before the next change. */
  #full(): Message {
    const id = this.#cursorText();
    return this.#whole ??= Object.assign(reportMessage(this.#current!.text), { id });
  }

  /** The changes after a cursor, or null when they aren't all kept. */
  #since(cursor: string | null): Message[] | null {
    const [epoch, number] = cursor?.split("-") ?? [];
    if (epoch !== this.options.epoch || !/^\d{1,15}$/.test(number ?? "")) return null;
    let missing = this.#cursor - Number(number);
    if (missing < 0) return null;
    let from = this.#kept.length;
    // In the midst of events that belong together all of them are given: told twice they are the same.
    while (missing > 0 && from > 0) missing -= countOf(this.#kept[--from]!);
    const room = this.options.limits.viewerQueueMax - 1;
    return missing > 0 || this.#kept.length - from > room ? null : this.#kept.slice(from);
  }

  #cursorText(): string {
    return `${this.options.epoch}-${this.#cursor}`;
  }
}

/** The report as it is now: its texts, of which nobody makes another one. */
function reportMessage(text: ReportText): Message {
  const pieces = text.pieces();
  return {
    event: "report",
    pieces,
    get data() {
      return pieces.joined();
    },
  };
}

/** That of a report is not joined for it. */
const charsOf = (message: Message): number =>
  message.together?.reduce((sum, { data }) => sum + data.length, 0) ??
    message.pieces?.chars ?? message.data.length;
