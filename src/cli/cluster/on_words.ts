/** The words of `--on`: which machines. */
import { cannotRead } from "../read_value.ts";

/** A machine that ssh reaches, or this one. */
export type HostWord =
  | { by: "local" }
  | { by: "ssh"; destination: string; port?: number; name: string };

const RULE = "local, or ssh:[USER@]HOST[:PORT] with commas between several";
/** No word of it can be an option of ssh, and none holds what a shell reads. */
const HOST = /^(?:([A-Za-z0-9_][\w.-]*)@)?([A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/;

/**
 * Adds the machines of one `--on` to those given before it. Throws LasthopError `usage` for what names
 * none, and for two of one name, because a report tells nodes apart by their names.
 */
export function readOn(text: string, earlier: HostWord[] = []): HostWord[] {
  const found = text === "local" ? [{ by: "local" } as const] : sshHosts(text);
  const all = [...earlier, ...found];
  const names = all.map(nameOfWord);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw cannotRead("--on", `"${twice}" is named twice`, "given once");
  return all;
}

/** The name of its node; of this machine a word that no host has. */
export const nameOfWord = (word: HostWord): string => word.by === "local" ? "(local)" : word.name;

function sshHosts(text: string): HostWord[] {
  if (!text.startsWith("ssh:")) throw cannotRead("--on", `"${text}" names no machine`, RULE);
  return text.slice("ssh:".length).split(",").map((word) => {
    const [, user, host, port] = HOST.exec(word) ?? [];
    if (host === undefined || Number(port ?? 22) > 65_535) {
      throw cannotRead("--on", `"${word}" is no machine`, RULE);
    }
    const address = host.replace(/^\[(.*)\]$/, "$1");
    return {
      by: "ssh",
      destination: user === undefined ? address : `${user}@${address}`,
      ...port === undefined ? {} : { port: Number(port) },
      name: address,
    };
  });
}
