import { LasthopError } from "../../event/error.ts";
import type { LabOptions } from "../options.ts";

export function run(_options: LabOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop lab": it is not built yet');
}
