import { LasthopError } from "../../event/error.ts";
import type { ListOptions } from "../options.ts";

export function run(_options: ListOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop list": it is not built yet');
}
