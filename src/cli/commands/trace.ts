import { LasthopError } from "../../event/error.ts";
import type { TraceOptions } from "../options.ts";

export function run(_options: TraceOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop trace": it is not built yet');
}
