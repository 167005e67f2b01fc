/** The fields of a flow of Open vSwitch's datapath, as its tools write them. */

/** `in_port(3),eth(src=…,dst=…)` at the commas between fields; the same of what is in one. */
export function fieldsOf(key: string): string[] {
  const fields: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= key.length; i++) {
    const char = key[i];
    if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    if (char !== undefined && (char !== "," || depth > 0)) continue;
    if (i > from) fields.push(key.slice(from, i).trim());
    from = i + 1;
  }
  return fields;
}
