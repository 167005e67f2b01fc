import { LasthopError } from "../../event/error.ts";
import type { DemoOptions } from "../options.ts";

export function run(_options: DemoOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop demo": it is not built yet');
}
