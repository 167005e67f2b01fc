/**
 * Comparisons that the kernel's verifier can't see through, so that it looks at each line a few times and
 * not a hundred.
 *
 * After `if ($p == 17)` the verifier knows that `$p` is 17, so it knows how each later comparison of it
 * ends, and from then on keeps that way through the program apart from all others: with a dozen such
 * variables it follows their combinations, 430,000 instructions in a program of 3,000, and loading
 * took two thirds of the time that attaching took. Where what is compared with is a number that it
 * can't know, it learns nothing, and ways that meet again are one. It costs a packet three instructions
 * for each comparison.
 *
 * Such a number is a constant and what is always 0: the highest bits of the number of a process,
 * multiplied so that for all that the verifier knows they may be any number. Each comparison has a factor
 * of its own, else the compiler would work out one number for several, and what the verifier learns of it
 * in one comparison would be known in the next; and it would have to be kept, on a stack of 512 bytes.
 * (An skb's address will not do, of which the verifier of raw tracepoints knows that it is one.)
 */

/** Comparisons are plain in no script, in all, or in all but those that tell each packet at each device. */
export type Plain = boolean | "but-devices";

/** Whether those of a script are; absent: they are not. */
export const isPlain = (plain: Plain | undefined, script: string): boolean =>
  plain === "but-devices" ? !/^device_[rt]x$/.test(script) : plain ?? false;

/** From here on comparisons of a script are such. */
const MARK = "//@opaque";
/** From here on they are plain again: what bounds a loop must be known. */
const END = "//@transparent";

/** An odd number of 30 bits, of which each third is set. */
const FACTOR = 0x12492493;

/** Between factors: they stay odd, and below 2^31, which is what one instruction can multiply by. */
const STEP = 0x2002;

/** Three bits, as far as the verifier knows: the kernel has no more than 2^22 processes. */
const NONE = "$none = (uint64)pid >> 29;";

/** A comparison with a constant of something that is none itself. */
const COMPARISON =
  /(?<!\b\d+ )(?<= )(==|!=|<=|>=|<|>) (?:\(uint64\))?(0x[0-9a-f]+|\d+)\b(?! *[-+*])/g;

/** Makes the comparisons of a rendered script behind its mark opaque; `plain`: leaves them as they are. */
export function opaque(script: string, plain: boolean): string {
  const at = script.indexOf(MARK);
  if (at < 0) return script;
  const [before, after] = [script.slice(0, at), script.slice(at + MARK.length)];
  const [hideable = "", rest = ""] = after.split(END);
  if (plain) return before + hideable + rest;
  let factor = FACTOR;
  const hidden = hideable.replace(COMPARISON, (_, sign, constant) => {
    factor += STEP;
    return `${sign} ((uint64)${constant} ^ ($none * ${factor}))`;
  });
  return before + NONE + hidden + rest;
}
