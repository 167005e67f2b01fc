import { LasthopError } from "../../event/error.ts";
import type { ExplainOptions } from "../options.ts";

export function run(_options: ExplainOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop explain": it is not built yet');
}
