/** How BTF lays out a type: https://docs.kernel.org/bpf/btf.html */
import { LasthopError } from "../../event/error.ts";

/** `BTF_KIND_*` of linux/btf.h, as far as they are told apart here. */
export const KIND = {
  INT: 1,
  POINTER: 2,
  ARRAY: 3,
  STRUCT: 4,
  UNION: 5,
  ENUM: 6,
  TYPEDEF: 8,
  FLOAT: 16,
  TYPE_TAG: 18,
  ENUM64: 19,
} as const;
/** Kinds that only stand before another type: typedef, volatile, const, restrict, type tag. */
export const TRANSPARENT: ReadonlySet<number> = new Set([8, 9, 10, 11, 18]);

/**
 * How many members, values or parameters a type has. 24 bits are read, where older kernels use 16
 * and leave the others zero.
 */
export function countOf(info: number): number {
  return info & 0xffffff;
}

/** The kind of a type. 7 bits are read, where older kernels use 5 and leave the others zero. */
export function kindOf(info: number): number {
  return (info >>> 24) & 0x7f;
}

/** Bytes after the first 12 of a type. Throws LasthopError `btf_malformed` for an unknown kind. */
export function trailerOf(kind: number, count: number): number {
  switch (kind) {
    case KIND.INT:
    case 14: // variable
    case 17: // declaration tag
      return 4;
    case KIND.ARRAY:
      return 12;
    case KIND.STRUCT:
    case KIND.UNION:
    case 15: // data section
    case KIND.ENUM64:
      return count * 12;
    case KIND.ENUM:
    case 13: // function prototype
      return count * 8;
    case KIND.POINTER:
    case 7: // forward declaration
    case 12: // function
    case KIND.FLOAT:
      return 0;
    default:
      if (TRANSPARENT.has(kind)) return 0;
      throw malformed(`kind ${kind} is unknown`);
  }
}

/** LasthopError `btf_malformed`, to be thrown. */
export function malformed(what: string): LasthopError {
  return new LasthopError("btf_malformed", `Cannot read the kernel's BTF: ${what}`);
}
