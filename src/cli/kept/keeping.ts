/** Keeping a trace from its first batch on: where, until when, and what is said of it. */
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import { quoted } from "../../analysis/rules/command.ts";
import { keptFolder } from "./folder.ts";
import { Journal } from "./journal.ts";
import type { About } from "./whole.ts";

/** Whether and as what a trace is kept. */
export interface KeepingOptions {
  /** False after --no-archive. */
  keeps: boolean;
  /** Of the file, without its ending. */
  name: string;
  about: Omit<About, "closedMs">;
  progress(text: string): void;
}

/** A trace that is being kept, or is not: then nothing happens. */
export class Keeping {
  #ended: Promise<string | null> | undefined;
  #told = false;

  private constructor(readonly journal: Journal | null, readonly options: KeepingOptions) {}

  /** Where nothing can be kept, it says why, and the trace goes on: nobody asked for the file. */
  static async start(options: KeepingOptions): Promise<Keeping> {
    const { keeps, name, about, progress } = options;
    if (!keeps) return new Keeping(null, options);
    const folder = keptFolder((name) => Deno.env.get(name));
    const without = (why: string) =>
      progress(`no archive is kept: ${why} (--archive FILE keeps one)`);
    if (folder === null) {
      without("there is no HOME, must be one, or XDG_STATE_HOME");
      return new Keeping(null, options);
    }
    try {
      const onFailure = (why: string) => progress(`no more is kept from here on: ${why}`);
      return new Keeping(await Journal.open({ folder, name, about, onFailure }), options);
    } catch (error) {
      without(said(error));
      return new Keeping(null, options);
    }
  }

  push(batch: ProbeBatch): void {
    this.journal?.push(batch);
  }

  /** What waits in memory goes to disk now: whoever ended the trace may not wait for its archive. */
  flush(): void {
    void this.journal?.flush();
  }

  /**
   * Writes the archive, once however often it is called. Resolves with its path; null when nothing is
   * kept. When it cannot be written it says so: what was seen stays beside it.
   */
  end(): Promise<string | null> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  /** The archive that was asked for is written: no other is kept. */
  async discard(): Promise<void> {
    this.#ended = Promise.resolve(null);
    await this.journal?.discard();
  }

  /** Says where it is and how it is opened again; at the end of everything else that is said. */
  async tell(): Promise<void> {
    const path = await this.end();
    if (path === null || this.#told) return;
    this.#told = true;
    tellArchive(path, this.options.progress);
  }

  async #end(): Promise<string | null> {
    const { journal, options } = this;
    if (journal === null) return null;
    try {
      return await journal.finish(Date.now());
    } catch (error) {
      options.progress(`cannot write archive "${journal.path}": ${said(error)}`);
      options.progress(`what was seen stays in ${journal.spool.options.directory}: lasthop replay`);
      return null;
    }
  }
}

/** Says where an archive is and how it is opened again. */
export function tellArchive(path: string, progress: (text: string) => void): void {
  progress(`kept; to open it again: lasthop replay ${quoted([path])}`);
}

const said = (error: unknown): string => error instanceof Error ? error.message : String(error);
