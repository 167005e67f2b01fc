/** BPF programs of two instructions, loaded without a compiler. */
import { checked, cString, inNetns, libc } from "./libc.ts";

const SYS_BPF = Deno.build.arch === "aarch64" ? 280n : 321n;
const PROG_LOAD = 5n;
const LINK_CREATE = 28n;
const PROG_TYPE_XDP = 6;
const ATTACH_XDP = 37;
const MODE_FLAGS = { driver: 0, generic: 2 };

/** What an XDP program may answer. */
export const XDP = { aborted: 0, drop: 1, pass: 2 } as const;

/**
 * Attaches `r0 = answer; exit` to a device of a namespace. It stays for as long as what is returned
 * is open, or the device is there.
 */
export function attachXdp(
  netns: string,
  device: string,
  answer: number,
  mode: "driver" | "generic" = "driver",
): { close(): void } {
  const program = loadXdp(answer);
  const attach = new Uint8Array(32);
  const view = new DataView(attach.buffer);
  view.setUint32(0, program, true);
  view.setUint32(8, ATTACH_XDP, true);
  view.setUint32(12, MODE_FLAGS[mode], true);
  try {
    const link = inNetns(netns, () => {
      view.setUint32(4, libc.if_nametoindex(cString(device)), true);
      return libc.syscall(SYS_BPF, LINK_CREATE, attach, 32n);
    });
    const fd = checked(`attach XDP to ${device}`, link);
    return { close: () => void libc.close(fd) };
  } finally {
    libc.close(program);
  }
}

function loadXdp(answer: number): number {
  const code = new Uint8Array(16);
  code[0] = 0xb7;
  new DataView(code.buffer).setInt32(4, answer, true);
  code[8] = 0x95;
  const licence = cString("GPL");
  const load = new Uint8Array(128);
  const view = new DataView(load.buffer);
  view.setUint32(0, PROG_TYPE_XDP, true);
  view.setUint32(4, 2, true);
  view.setBigUint64(8, pointerTo(code), true);
  view.setBigUint64(16, pointerTo(licence), true);
  return checked("load an XDP program", libc.syscall(SYS_BPF, PROG_LOAD, load, 128n));
}

function pointerTo(bytes: Uint8Array<ArrayBuffer>): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
}

/** For `tc filter … bpf bytecode … da`: drops one EtherType, lets the rest pass. */
export function tcBytecode(etherType: number): string {
  return `4,40 0 0 12,21 0 1 ${etherType},6 0 0 2,6 0 0 0`;
}
