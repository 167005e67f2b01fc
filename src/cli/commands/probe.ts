import { LasthopError } from "../../event/error.ts";
import type { ProbeOptions } from "../options.ts";

export function run(_options: ProbeOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop probe": it is not built yet');
}
