import type { Rule } from "./rule.ts";

export const netfilterRules: Rule[] = [];
