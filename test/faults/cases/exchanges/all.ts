/** Kinds of trouble that only an exchange shows: its packets may all arrive. */
import type { AnySpec } from "../../bench/spec.ts";
import { applications } from "./application.ts";
import { bySize } from "./sizes.ts";
import { translations } from "./translation.ts";

export const exchanges: AnySpec[] = [...applications, ...translations, ...bySize];
