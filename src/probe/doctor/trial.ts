/** Attaches everything for a moment: the one way to know that this machine really can. */
import { LasthopError } from "../../event/error.ts";
import type { Script } from "../../event/report.ts";
import { attach } from "../run/attach.ts";
import { kernelOptions } from "../run/kernel_options.ts";
import type { Capability } from "../kernel/capability.ts";
import { budgetOf, bufferPages } from "../run/budget.ts";
import { loadSources, render, type RenderOptions } from "../run/render.ts";
import { DEFAULT_SHARE } from "../run/share.ts";
import { newMix } from "../run/counting.ts";

/** How an attempt to attach everything ended. */
export interface Trial {
  scripts: Script[];
  /** Milliseconds until everything was attached; null when it was not, or not tried. */
  attachMs: number | null;
  /** Why nothing could be attached; null when it could, or was not tried. */
  failure: LasthopError | null;
  /** What bpftrace refused before it took a simpler program, in words; absent when nothing. */
  refusals?: string[];
}

/** What would be attached, as far as can be told without trying. */
export async function expectScripts(capability: Capability): Promise<Script[]> {
  return render(await loadSources(), renderOptions(capability)).scripts;
}

/**
 * Attaches all scripts for no namespace, and detaches them again. What this machine lacks is the
 * `failure` of the trial; throws only unforeseen errors, such as a full disk.
 */
export async function tryAttaching(capability: Capability): Promise<Trial> {
  const begin = performance.now();
  const refusals: string[] = [];
  try {
    const { run, scripts } = await attach({
      sources: await loadSources(),
      render: renderOptions(capability),
      run: {
        onLine() {},
        onLost() {},
        version: capability.bpftrace ?? undefined,
        bufferPages: bufferPages(DEFAULT_SHARE, capability),
      },
      onProgress: (text) => void refusals.push(text),
      signal: new AbortController().signal,
    });
    const attachMs = Math.round(performance.now() - begin);
    await run.stop();
    return { scripts, attachMs, failure: null, ...(refusals.length > 0 && { refusals }) };
  } catch (failure) {
    if (!(failure instanceof LasthopError)) throw failure;
    return { scripts: await expectScripts(capability), attachMs: null, failure };
  }
}

/** No namespace: everything is attached and nothing is printed. */
const renderOptions = (capability: Capability): RenderOptions => ({
  ...kernelOptions(capability),
  netns: [],
  filter: "1",
  follow: true,
  counters: newMix(),
  budget: budgetOf(DEFAULT_SHARE, capability),
  tunnelPorts: { vxlan: [4789], geneve: [6081], fou: [] },
});
