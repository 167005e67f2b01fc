import { LasthopError } from "../../event/error.ts";
import type { WatchOptions } from "../options.ts";

export function run(_options: WatchOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop watch": it is not built yet');
}
