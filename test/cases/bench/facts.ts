/** Patterns for facts that several cases ask for. */

/** A text as a pattern: that text, and no longer name or address that begins or ends with it. */
export function fact(...texts: string[]): RegExp {
  const one = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return new RegExp(
    texts.map((text) => `(?=[\\s\\S]*(?<![\\w.:])${one(text)}(?![\\w:]|\\.\\d))`).join(""),
  );
}

/** What is said of a socket that is open all the time. */
export const NO_SOCKET = /^no-listener|[Nn]o \w+ socket is (bound|open)|nothing listens/;
