/** As many rules as a large cluster's kube-proxy writes, and one that refuses behind all of them. */

/** What the rules are about. */
export interface Many {
  services: number;
  /** The one endpoint of the last service. */
  server: string;
}

/** Of each service but the last; three is what most have. */
const ENDPOINTS = 3;
/** Services without an endpoint, each with a rule that rejects. */
const EMPTY = 300;

const nameOf = (i: number) => `ns${i % 50}/svc${i}:http`;
const comment = (text: string) => `-m comment --comment "${text}"`;

/** Address of a service; the last one's is `serviceAddress(services - 1)`. */
export const serviceAddress = (i: number): string =>
  `10.${96 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;

/** Address of a service that has no endpoint. */
export const emptyAddress = (i: number): string => `10.112.${i >> 8}.${i & 255}`;

/** The last of those without an endpoint. */
export const LAST_EMPTY = EMPTY - 1;

/** Text for `iptables-restore`. */
export function manyRules({ services, server }: Many): string {
  const chains: string[] = [];
  const rules: string[] = [];
  for (let i = 0; i < services; i++) {
    const [name, address, chain] = [nameOf(i), serviceAddress(i), `KUBE-SVC-${i}`];
    const asked = `-d ${address}/32 -p tcp ${comment(`${name} cluster IP`)} -m tcp --dport 80`;
    chains.push(chain);
    rules.push(`-A KUBE-SERVICES ${asked} -j ${chain}`);
    rules.push(`-A ${chain} ! -s 10.244.0.0/16 ${asked} -j KUBE-MARK-MASQ`);
    const count = i === services - 1 ? 1 : ENDPOINTS;
    for (let e = 0; e < count; e++) {
      const endpoint = count === 1 ? server : `10.${200 + e}.${i >> 8}.${i & 255}`;
      const end = `KUBE-SEP-${i}-${e}`;
      const chance = e === count - 1
        ? ""
        : ` -m statistic --mode random --probability ${(1 / (count - e)).toFixed(11)}`;
      chains.push(end);
      rules.push(`-A ${chain} ${comment(`${name} -> ${endpoint}:8080`)}${chance} -j ${end}`);
      rules.push(`-A ${end} -s ${endpoint}/32 ${comment(name)} -j KUBE-MARK-MASQ`);
      rules.push(
        `-A ${end} -p tcp ${comment(name)} -m tcp -j DNAT --to-destination ${endpoint}:8080`,
      );
    }
  }
  return ["*nat", ...["KUBE-SERVICES", "KUBE-MARK-MASQ", ...chains].map(made), ...rules, ""].join(
    "\n",
  ) +
    ["-A PREROUTING -j KUBE-SERVICES", "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"].join(
      "\n",
    ) +
    `\nCOMMIT\n*filter\n${
      made("KUBE-SERVICES")
    }\n-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES\n` +
    Array.from(
      { length: EMPTY },
      (_, i) =>
        `-A KUBE-SERVICES -d ${emptyAddress(i)}/32 -p tcp ${
          comment(`shop/empty${i}:http has no endpoints`)
        } -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable\n`,
    ).join("") +
    `-A FORWARD -d ${server}/32 -p tcp -m tcp --dport 8080 -j DROP\nCOMMIT\n`;
}

const made = (chain: string) => `:${chain} - [0:0]`;
