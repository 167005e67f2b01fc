/** Kinds of trouble that only an exchange shows: its packets may all arrive. */
import type { AnySpec } from "../../bench/spec.ts";
import { advertisements } from "./advertised.ts";
import { answers } from "./answers.ts";
import { applications } from "./application.ts";
import { local } from "./local.ts";
import { machines } from "./machines.ts";
import { bySize } from "./sizes.ts";
import { onTheWay } from "./on_the_way.ts";
import { translations } from "./translation.ts";

export const exchanges: AnySpec[] = [
  ...applications,
  ...translations,
  ...bySize,
  ...answers,
  ...machines,
  ...advertisements,
  ...local,
  ...onTheWay,
];
