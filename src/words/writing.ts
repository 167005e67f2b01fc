/** How one face writes: the same words everywhere, with the characters that this face can show. */

/** What the terminal and the page do differently when they write the same words. */
export interface Writing {
  /**
   * A text from outside, as this face shows it: `lengthMax` characters of it at most. A face that
   * escapes hostile text only when it shows the whole sentence returns the text as it is.
   */
  text(text: string, lengthMax?: number): string;
  /** Stands between where something comes from and where it goes. */
  arrow: string;
}

/** How one face writes counts. */
export interface Counting {
  /** `1,204`. */
  grouped(value: number): string;
  /** `1 packet`, `1,204 packets`; `many` where an s is not enough. */
  plural(count: number, one: string, many?: string): string;
}

/** Writers of counts, with `separator` between thousands: the same for every reader. */
export function counting(separator: string): Counting {
  const grouped = (value: number) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, separator);
  return {
    grouped,
    plural: (count, one, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`,
  };
}
