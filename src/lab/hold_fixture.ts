/** Brings a lab up as another process would: says its registration, then holds it or ends. */
import { labUp } from "./mod.ts";
import { registrations } from "./registry.ts";

const [options = ""] = Deno.args;
const { id, prefix, kept } = JSON.parse(options);
await labUp(id, { repaired: true, prefix, kept });
const registration = (await registrations()).find((each) => each.name.startsWith(`${prefix}-`));
console.log(JSON.stringify(registration));
if (!kept) setInterval(() => {}, 3_600_000);
