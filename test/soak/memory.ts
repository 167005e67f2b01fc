/** Resident memory of long runs: how much, and whether it grows. */
import { residentBytes } from "./machine.ts";

interface Sample {
  pid: number;
  seconds: number;
  bytes: number;
}

export interface MemoryFigure {
  role: string;
  samples: number;
  /** The most it ever had, and the mean after warm-up. */
  maxMiB: number;
  meanMiB: number;
  /** The most in the first and in the last half of the samples after warm-up. */
  firstPeakMiB: number;
  lastPeakMiB: number;
  /** Of a straight line through the samples after warm-up; null when there are too few. */
  mibPerMinute: number | null;
}

const MIB = 2 ** 20;

export class Memory {
  /** By role, after warm-up. */
  readonly samples: Record<string, Sample[]> = {};
  readonly #max = new Map<string, number>();

  /** `steady`: the process is warm and nobody disturbs it, so that growth would be its own. */
  async sample(role: string, pid: number, seconds: number, steady: boolean): Promise<void> {
    const bytes = await residentBytes(pid);
    if (bytes === null) return;
    this.#max.set(role, Math.max(this.#max.get(role) ?? 0, bytes));
    if (!steady) return;
    (this.samples[role] ??= []).push({ pid, seconds, bytes });
  }

  figures(): MemoryFigure[] {
    return [...this.#max].map(([role, max]) => {
      const samples = this.samples[role] ?? [];
      return {
        role,
        samples: samples.length,
        maxMiB: max / MIB,
        meanMiB: samples.reduce((sum, { bytes }) => sum + bytes, 0) / samples.length / MIB,
        firstPeakMiB: peak(samples.slice(0, samples.length / 2)),
        lastPeakMiB: peak(samples.slice(samples.length / 2)),
        mibPerMinute: slopePerMinute(samples),
      };
    });
  }
}

const peak = (samples: readonly Sample[]) => Math.max(...samples.map(({ bytes }) => bytes)) / MIB;

/** Least squares over all processes of a role, each with a level of its own. */
function slopePerMinute(samples: readonly Sample[]): number | null {
  let above = 0;
  let below = 0;
  for (const own of Map.groupBy(samples, ({ pid }) => pid).values()) {
    const mean = (of: (sample: Sample) => number) =>
      own.reduce((sum, sample) => sum + of(sample), 0) / own.length;
    const [seconds, bytes] = [mean((sample) => sample.seconds), mean((sample) => sample.bytes)];
    for (const sample of own) {
      above += (sample.seconds - seconds) * (sample.bytes - bytes);
      below += (sample.seconds - seconds) ** 2;
    }
  }
  return below === 0 ? null : above / below / MIB * 60;
}
