import { LasthopError } from "../../event/error.ts";
import type { ServeOptions } from "../options.ts";

export function run(_options: ServeOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop serve": it is not built yet');
}
