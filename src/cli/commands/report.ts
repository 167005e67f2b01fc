import { LasthopError } from "../../event/error.ts";
import type { ReportOptions } from "../options.ts";

export function run(_options: ReportOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop report": it is not built yet');
}
