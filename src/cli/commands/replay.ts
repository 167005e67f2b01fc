import { LasthopError } from "../../event/error.ts";
import type { ReplayOptions } from "../options.ts";

export function run(_options: ReplayOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop replay": it is not built yet');
}
