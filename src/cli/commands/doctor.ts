import { LasthopError } from "../../event/error.ts";
import type { DoctorOptions } from "../options.ts";

export function run(_options: DoctorOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop doctor": it is not built yet');
}
