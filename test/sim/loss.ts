/** Which events a probe lost, and still counted. */
import type { Faults } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Emission } from "./truth.ts";

export interface Told {
  emission: Emission;
  lost: boolean;
}

export function lose(seen: readonly Emission[], faults: Faults, random: Random): Told[] {
  const { loss, lossKind } = faults;
  const cpu = random.int(4);
  let burst = 0;
  return seen.map((emission) => {
    if (lossKind === "uniform") return { emission, lost: random.chance(loss) };
    if (lossKind === "cpu") {
      return { emission, lost: emission.cpu === cpu && random.chance(Math.min(1, loss * 4)) };
    }
    if (burst === 0 && random.chance(loss / 8)) burst = random.between(4, 16);
    if (burst > 0) burst--;
    return { emission, lost: burst > 0 };
  });
}
