/**
 * Whole rulesets as they were recorded: what a kube-proxy 1.20.2 wrote, and files in the shape of
 * Calico and of kube-proxy's mode nftables. Only addresses, devices and ports are those of the router.
 */
import type { Place, Tables } from "./place.ts";

const read = (name: string) =>
  Deno.readTextFileSync(new URL(`recorded/${name}`, import.meta.url).pathname);

/** As `adapted` takes them: UDP, and to the ports that packets of the test go to. */
function placed(text: string, { server, service, empty, own, outer, clients, ...place }: Place) {
  const { input, output } = place;
  const others: readonly [RegExp, string][] = [
    [/\btcp\b/g, "udp"],
    [/__10\.244\.1\.3\//g, "__pod/"],
    [/\b10\.244\.1\.[34]\b/g, server],
    [/\b10\.244\.0\.0\/16/g, clients],
    [/\b10\.96\.0\.0\/16/g, `${service}/32`],
    [/\b10\.96\.0\.20\b/g, service],
    [/\b10\.96\.0\.30\b/g, empty],
    [/\b10\.96\.0\.40\b/g, `${service}0`],
    [/\b10\.96\.0\.1\b/g, `${service}1`],
    [/\b192\.168\.1\.1\b/g, own],
    [/\b192\.168\.1\.2\b/g, outer],
    [/--dport 80\b/g, "--dport 53"],
    [/\. 80\b/g, ". 53"],
    [/\b8080\b/g, "5353"],
    [/\b30080\b/g, "30053"],
    [/-i cali\+/g, `-i ${input.slice(0, 2)}+`],
    [/-o cali\+/g, `-o ${output.slice(0, 2)}+`],
    [/-i cali0(aaa|bbb)\b/g, `-i ${input}`],
    [/-o cali0(aaa|bbb)\b/g, `-o ${output}`],
    ...(place.six
      ? [[/--mask 255\.255\.255\.255/g, "--mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]] as const
      : []),
  ] as [RegExp, string][];
  return others.reduce((words, [from, to]) => words.replace(from, to), text);
}

function tablesOf(text: string): Tables {
  const tables: Tables = {};
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    else if (line !== "COMMIT" && line !== "") (tables[table] ??= []).push(line);
  }
  return tables;
}

/** What a kube-proxy 1.20.2 wrote: session affinity by `recent`, a node port of policy Local. */
export const kubeProxyRecorded = (place: Place): Tables => {
  const { mangle: _, ...tables } = tablesOf(placed(read("kube-proxy-1.20.2.iptables"), place));
  return tables;
};

/** Policies and profiles of two workloads; sets of addresses are those of `calicoSets`. */
export const calicoRecorded = (place: Place): Tables =>
  tablesOf(placed(read("calico.iptables"), place));

/** Text for `ipset restore`, of both families. */
export function calicoSets(place: Place): string {
  const client = place.clients.split("/")[0];
  const text = placed(read("calico.ipset"), place).replaceAll("/32", place.six ? "/128" : "/32");
  const sets = place.six ? text.replaceAll("family inet", "family inet6") : text;
  return `${sets}add cali40s:web ${client}\n`;
}

/** What refuses counts, as the truth of a packet is told by counters. */
export const kubeProxyNftRecorded = (place: Place): string =>
  placed(read("kube-proxy.nft"), place).replace(/\b(reject|drop)(?=;| comment)/g, "counter $1");
