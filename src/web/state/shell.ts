/** Words for a POSIX shell. Pure. */

/** One word, in quotes where the shell would read more into it. */
export const shellWord = (text: string): string =>
  /^[\w@%+:,./-]+$/.test(text) && !text.startsWith("-")
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
