import { LasthopError } from "../../event/error.ts";
import type { ArchiveOptions } from "../options.ts";

export function run(_options: ArchiveOptions): Promise<number> {
  throw new LasthopError("not_built", 'Cannot run "lasthop archive": it is not built yet');
}
