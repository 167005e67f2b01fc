/** A filter as people and archives write it. */
import { z } from "zod";
import { LasthopError } from "../../event/error.ts";
import { parseNamedFilter } from "../../event/filter/mod.ts";

/** Only a filter that can be read is taken: without it no report of the incident can be made. */
export const FilterText = z.string().max(2000).check((context) => {
  try {
    if (context.value.trim() !== "") parseNamedFilter(context.value);
  } catch (error) {
    if (!(error instanceof LasthopError)) throw error;
    context.issues.push({ code: "custom", input: context.value, message: error.message });
  }
});
