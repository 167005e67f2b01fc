/** A program of the soak that is killed, and started again as a service manager would. */
export interface ProcessOptions {
  name: string;
  /** A fresh command for each start. */
  command(): Deno.Command;
  /** On stdout or stderr, when it can be used; its first group is kept as `said`. */
  ready: RegExp;
  onTrouble(text: string): void;
}

/** What a start may take on a machine that other tests share. */
const READY_MS = 120_000;
const TAIL_CHARS = 4_000;

export class Process {
  readonly name: string;
  #child: Deno.ChildProcess | undefined;
  #tail = "";
  #ended: Promise<Deno.CommandStatus> | undefined;
  #awaited: { pattern: RegExp; found(): void }[] = [];
  starts = 0;
  /** What `ready` found in the last start. */
  said = "";
  isReady = false;

  constructor(private readonly options: ProcessOptions) {
    this.name = options.name;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The end of what this start wrote. */
  get tail(): string {
    return this.#tail;
  }

  /** Resolves when it can be used, or ended before; then `isReady` is false. */
  async start(): Promise<void> {
    const child = this.options.command().spawn();
    this.#child = child;
    this.starts++;
    this.#tail = "";
    this.isReady = false;
    const ready = Promise.withResolvers<void>();
    const late = setTimeout(() => {
      this.options.onTrouble(`${this.name} is not ready after ${READY_MS} ms: ${this.#tail}`);
      ready.resolve();
    }, READY_MS);
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        this.#tail = (this.#tail + text).slice(-TAIL_CHARS);
        for (const { pattern, found } of this.#awaited) if (pattern.test(this.#tail)) found();
        const found = this.isReady ? null : this.options.ready.exec(this.#tail);
        if (found === null) continue;
        this.said = found[1] ?? found[0];
        this.isReady = true;
        ready.resolve();
      }
    };
    const reading = Promise.allSettled([read(child.stdout), read(child.stderr)]);
    this.#ended = child.status.then(async (status) => {
      await reading;
      this.isReady = false;
      ready.resolve();
      return status;
    });
    await ready.promise;
    clearTimeout(late);
  }

  /** Resolves when this start has written what fits, or has ended. */
  async says(pattern: RegExp): Promise<void> {
    if (pattern.test(this.#tail)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited.push({ pattern, found: resolve });
    await Promise.race([promise, this.#ended]);
  }

  /** Resolves when it is gone, whatever ended it. */
  async ended(): Promise<Deno.CommandStatus | undefined> {
    return await this.#ended;
  }

  signal(name: Deno.Signal): void {
    try {
      this.#child?.kill(name);
    } catch {
      // It ended meanwhile.
    }
  }

  /** As `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#ended;
  }
}
