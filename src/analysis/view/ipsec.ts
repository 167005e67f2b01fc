/** What IPsec is asked to encrypt, by the policies that were read of a namespace. */
import type { NetnsState } from "../../event/state.ts";
import { contains } from "./address.ts";

/** A policy for what is sent, as `ip xfrm policy` prints it. */
const POLICY = /^src (\S+) dst (\S+) .*\bdir out\b/;

/** The first policy, as text, that asks for the encryption of what goes from one address to another. */
export const policyFor = (
  { xfrm }: NetnsState,
  source: string,
  destination: string,
): string | undefined =>
  xfrm.find((text) => {
    const [, from, to] = POLICY.exec(text) ?? [];
    return from !== undefined && /\btmpl\b/.test(text) && contains(from, source) &&
      contains(to!, destination);
  });
