# Of three rules of nft that drop what is beyond a limit, the first one drops the packets.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.240.0
  in_ b nft -f - <<'RULES'
table inet shop {
  chain pings {
    limit rate over 1000/second drop
    icmp type echo-request limit rate over 500/second burst 500 packets drop
    accept
  }
  chain fw {
    type filter hook input priority 0; policy accept;
    ct state established accept
    ip protocol icmp jump pings
    udp dport 9 drop
  }
}
RULES
}
fault() {
  in_ b nft insert rule inet shop pings icmp type echo-request limit rate over 1/hour burst 1 packets drop
}
traffic() { ping_ a 10.240.0.2; ping_ a 10.240.0.2; }
