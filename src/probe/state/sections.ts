/**
 * The output of many tools in one pair of pipes. On stdout a section is a line `MARK name` and what
 * the tool printed; stderr has the same line, what the tool complained, then `MARK = status`.
 */
export interface Section {
  name: string;
  stdout: string;
  stderr: string;
  /** Exit status; absent when the tool never came to an end. */
  status?: number;
}

/** Sections by name. */
export type Sections = ReadonlyMap<string, Section>;

/** Sections by name, in the order they ran. */
export function splitSections(
  mark: string,
  stdout: string,
  stderr: string,
): Map<string, Section> {
  const sections = new Map<string, Section>();
  for (const [name, body] of cut(mark, stdout)) {
    sections.set(name, { name, stdout: body, stderr: "" });
  }
  for (const [name, body] of cut(mark, stderr)) {
    const section = sections.get(name) ?? { name, stdout: "", stderr: "" };
    sections.set(name, section);
    const [complaint = "", status] = body.split(`\n${mark} = `);
    section.stderr = complaint.trim();
    if (status !== undefined) section.status = Number.parseInt(status, 10);
  }
  return sections;
}

function* cut(mark: string, text: string): Generator<[name: string, body: string]> {
  const opening = `\n${mark} `;
  let at = text.indexOf(opening);
  while (at >= 0) {
    const nameAt = at + opening.length;
    const lineEnd = text.indexOf("\n", nameAt);
    if (lineEnd < 0) return;
    const name = text.slice(nameAt, lineEnd);
    let next = text.indexOf(opening, lineEnd);
    // A status line belongs to the section it ends.
    while (next >= 0 && text.startsWith("= ", next + opening.length)) {
      next = text.indexOf(opening, next + 1);
    }
    yield [name, text.slice(lineEnd + 1, next < 0 ? undefined : next)];
    at = next;
  }
}
