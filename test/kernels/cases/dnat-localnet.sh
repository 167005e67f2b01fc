# A port is led to a program on the loopback (DNAT to 127.0.0.1), which the device does not allow (route_localnet).
# nodes: a b
# fault: dropped route-localnet-disabled
build() {
  pair a b 10.145.0
  in_ b sysctl -qw net.ipv4.conf.e0.route_localnet=1
  in_ b nft add table ip nat
  in_ b nft add chain ip nat pre '{ type nat hook prerouting priority -100; }'
  in_ b nft add rule ip nat pre iifname e0 tcp dport 80 dnat to 127.0.0.1:8080
  listen b tcp 8080
}
fault() { in_ b sysctl -qw net.ipv4.conf.e0.route_localnet=0; }
traffic() { ask a tcp 10.145.0.2 80; }
