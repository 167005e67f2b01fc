/** Patterns for facts that several cases ask for. */

/** Texts as a pattern: all of them, and no longer name or address that begins or ends with one. */
export function fact(...texts: string[]): RegExp {
  return new RegExp(texts.map((text) => `(?=[\\s\\S]*${whole(text)})`).join(""));
}

/** A port may follow an address of IPv4; after one of IPv6 a colon makes it longer. */
function whole(text: string): string {
  const quoted = text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return `(?<![\\w.:])${quoted}(?![\\w${text.includes(":") ? ":" : ""}]|\\.\\d)`;
}

/** What is said of a socket that is open all the time. */
export const NO_SOCKET = /^no-listener|[Nn]o \w+ socket is (bound|open)|nothing listens/;
