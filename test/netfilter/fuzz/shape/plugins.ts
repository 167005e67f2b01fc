/** Rules in the shapes of what makes the network of pods. */
import { chains, type Place, type Tables, words } from "./place.ts";

/** As Calico's data plane of iptables does. */
export function calico({ input, output, server }: Place): Tables {
  return {
    raw: [
      ...chains("cali-PREROUTING", "cali-rpf-skip"),
      "-A PREROUTING -j cali-PREROUTING",
      "-A cali-PREROUTING -j MARK --set-xmark 0x0/0xf0000",
      `-A cali-PREROUTING -i ${input} -j MARK --set-xmark 0x40000/0x40000`,
      "-A cali-PREROUTING -m mark --mark 0x40000/0x40000 -j cali-rpf-skip",
      "-A cali-PREROUTING -m mark --mark 0x40000/0x40000 -m rpfilter --validmark --invert -j DROP",
      "-A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT",
    ],
    filter: [
      ...chains("cali-FORWARD", "cali-INPUT", "cali-from-wl-dispatch", "cali-to-wl-dispatch"),
      ...chains("cali-fw-a", "cali-tw-b", "cali-pi-policy", "cali-wl-to-host", "cali-pro"),
      "-A INPUT -j cali-INPUT",
      "-A FORWARD -j cali-FORWARD",
      `-A FORWARD ${
        words("Policy explicitly accepted packet.")
      } -m mark --mark 0x10000/0x10000 -j ACCEPT`,
      "-A FORWARD -j MARK --set-xmark 0x10000/0x10000",
      "-A cali-FORWARD -j MARK --set-xmark 0x0/0xe0000",
      `-A cali-FORWARD -i ${input.slice(0, 2)}+ -j cali-from-wl-dispatch`,
      `-A cali-FORWARD -o ${output.slice(0, 2)}+ -j cali-to-wl-dispatch`,
      `-A cali-INPUT -i ${input} -g cali-wl-to-host`,
      "-A cali-INPUT -m mark --mark 0x10000/0x10000 -j ACCEPT",
      `-A cali-from-wl-dispatch -i ${input} -g cali-fw-a`,
      `-A cali-from-wl-dispatch ${words("Unknown interface")} -j DROP`,
      `-A cali-to-wl-dispatch -o ${output} -g cali-tw-b`,
      `-A cali-to-wl-dispatch ${words("Unknown interface")} -j DROP`,
      "-A cali-fw-a -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-A cali-fw-a -m conntrack --ctstate INVALID -j DROP",
      "-A cali-fw-a -j MARK --set-xmark 0x0/0x10000",
      "-A cali-fw-a -p udp -m multiport --dports 4789 -j DROP",
      "-A cali-fw-a -p ipencap -j DROP",
      "-A cali-fw-a -j cali-pro",
      "-A cali-fw-a -m mark --mark 0x10000/0x10000 -j RETURN",
      `-A cali-fw-a ${words("Drop if no profiles matched")} -j DROP`,
      "-A cali-pro -j MARK --set-xmark 0x10000/0x10000",
      "-A cali-tw-b -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-A cali-tw-b -j MARK --set-xmark 0x0/0x30000",
      "-A cali-tw-b -m mark --mark 0x0/0x20000 -j cali-pi-policy",
      "-A cali-tw-b -m mark --mark 0x10000/0x10000 -j RETURN",
      `-A cali-tw-b ${
        words("Drop if no policies passed packet")
      } -m mark --mark 0x0/0x20000 -j DROP`,
      `-A cali-pi-policy -d ${server}/32 -p udp -m multiport --dports 5353,8080 -j MARK --set-xmark 0x10000/0x10000`,
      "-A cali-pi-policy -m mark --mark 0x10000/0x10000 -j RETURN",
      "-A cali-wl-to-host -p udp -m udp --dport 22 -j DROP",
      "-A cali-wl-to-host -j ACCEPT",
    ],
  };
}

/** As the CNI plugins portmap and firewall do. */
export function portmap({ server, clients }: Place): Tables {
  return {
    nat: [
      ...chains("CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ", "CNI-DN-a"),
      "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
      "-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
      `-A POSTROUTING ${words("CNI portfwd requiring masquerade")} -j CNI-HOSTPORT-MASQ`,
      "-A CNI-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000",
      "-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE",
      "-A CNI-HOSTPORT-DNAT -p udp -m multiport --dports 8053 -j CNI-DN-a",
      `-A CNI-DN-a -s ${clients} -p udp -m udp --dport 8053 -j CNI-HOSTPORT-SETMARK`,
      `-A CNI-DN-a -p udp -m udp --dport 8053 -j DNAT --to-destination ${server}:5353`,
    ],
    filter: [
      ...chains("CNI-FORWARD", "CNI-ADMIN"),
      `-A FORWARD ${words("CNI firewall plugin rules")} -j CNI-FORWARD`,
      "-A CNI-FORWARD -j CNI-ADMIN",
      `-A CNI-FORWARD -d ${server}/32 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `-A CNI-FORWARD -s ${server}/32 -j ACCEPT`,
    ],
  };
}
