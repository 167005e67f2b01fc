/**
 * Asks a daemon of Open vSwitch. It answers JSON-RPC 1.0 on a socket of the file system, so none of
 * its tools is needed, which may be in a container.
 */

/** What a question may take. */
export interface Bounds {
  /** Milliseconds for all questions together. */
  withinMs: number;
  /** Bytes of one answer. */
  bytesMax: number;
}

/** A connection to one daemon. One question at a time. */
export class Control implements Disposable {
  readonly #connection: Deno.UnixConn;
  readonly #bounds: Bounds;
  readonly #timer: ReturnType<typeof setTimeout>;
  #id = 0;
  #isLate = false;
  #isClosed = false;

  private constructor(connection: Deno.UnixConn, bounds: Bounds) {
    this.#connection = connection;
    this.#bounds = bounds;
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#close();
    }, bounds.withinMs);
  }

  /** Rejects where nobody listens. */
  static async open(path: string, bounds: Bounds): Promise<Control> {
    return new Control(await Deno.connect({ transport: "unix", path }), bounds);
  }

  /** The result. Rejects with the daemon's words, and when it takes too long or says too much. */
  async ask(method: string, params: readonly unknown[]): Promise<unknown> {
    this.#id += 1;
    try {
      await this.#write(JSON.stringify({ id: this.#id, method, params }));
      const { result, error } = await this.#read() as { result?: unknown; error?: unknown };
      if (error !== undefined && error !== null) {
        throw new Error(typeof error === "string" ? error.trim() : JSON.stringify(error));
      }
      return result;
    } catch (error) {
      const why = this.#isLate
        ? `no answer within ${this.#bounds.withinMs} ms`
        : error instanceof Error
        ? error.message
        : String(error);
      throw new Error(`${method}: ${why}`);
    }
  }

  /** `ask`, where the answer is text. */
  async text(method: string, params: readonly string[]): Promise<string> {
    const result = await this.ask(method, params);
    if (typeof result === "string") return result;
    throw new Error(`${method}: the answer is no text`);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
  }

  async #write(text: string): Promise<void> {
    let bytes = new TextEncoder().encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(await this.#connection.write(bytes));
  }

  /** One answer. It has no length before it: it is whole when it can be parsed. */
  async #read(): Promise<unknown> {
    const decoder = new TextDecoder();
    const chunk = new Uint8Array(64 << 10);
    let text = "";
    for (;;) {
      const count = await this.#connection.read(chunk);
      if (count === null) throw new Error("the daemon hung up");
      text += decoder.decode(chunk.subarray(0, count), { stream: true });
      if (text.length > this.#bounds.bytesMax) {
        this.#close();
        throw new Error(`the answer is longer than ${this.#bounds.bytesMax} characters`);
      }
      // Elsewhere it can't end, and a long answer is parsed a few times at most.
      if (!/\}\s*$/.test(text.slice(-8))) continue;
      try {
        return JSON.parse(text);
      } catch {
        // More of it comes.
      }
    }
  }
}
