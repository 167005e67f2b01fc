/**
 * Renders the chart, as far as its templates go: values, `quote`, and an `if` over whole lines. helm itself
 * is in no package; a template that needs more is refused, so that what is tested is what stands there.
 */
const TEMPLATES = new URL("./chart/templates/", import.meta.url);

/** What a chart is told. */
export interface Release {
  values: Record<string, unknown>;
  namespace: string;
}

/** All of its manifests as one text. Throws Error for what is no part of this. */
export async function rendered(release: Release): Promise<string> {
  const names = [...Deno.readDirSync(TEMPLATES)].map(({ name }) => name).sort();
  const texts = await Promise.all(
    names.map((name) => Deno.readTextFile(new URL(name, TEMPLATES))),
  );
  return texts.map((text) => render(text, release)).join("\n---\n");
}

function render(template: string, release: Release): string {
  const whole = template.replaceAll(
    /^\{\{- if (\S+) \}\}\n([\s\S]*?)^\{\{- end \}\}\n/gm,
    (_, path: string, body: string) => valueOf(path, release) ? body : "",
  );
  return whole.replaceAll(/\{\{ (\S+?)( \| quote)? \}\}/g, (_, path: string, quotes?: string) => {
    const value = String(valueOf(path, release));
    return quotes === undefined ? value : JSON.stringify(value);
  }).replaceAll(/\{\{.*/g, (rest) => {
    throw new Error(`Cannot render "${rest}": it is no value and no if`);
  });
}

function valueOf(path: string, { values, namespace }: Release): unknown {
  if (path === ".Release.Namespace") return namespace;
  const [, first, ...names] = path.split(".");
  let value: unknown = values;
  for (const name of first === "Values" ? names : [path]) {
    value = (value as Record<string, unknown> | undefined)?.[name];
  }
  if (value === undefined) throw new Error(`Cannot render "${path}": there is no such value`);
  return value;
}
