# A host sends all by wireguard, as wg-quick does it (another table but for its own mark); the gateway at its end masquerades no more, and the server knows no way back.
# nodes: a gw server
# fault: dropped no-route
. /work/wireguard.sh
build() {
  pair a gw 172.28.1
  ns server
  veth gw e1 server e0
  address gw e1 10.242.2.1/24
  address server e0 10.242.2.2/24
  forwards gw
  local node
  modprobe wireguard
  for node in a gw; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ip_ $node link add wg0 type wireguard
  done
  in_ a wg set wg0 private-key "/run/$RUN.a.key" fwmark 51820 peer "$(public gw)" endpoint 172.28.1.2:51820 allowed-ips 0.0.0.0/0
  in_ gw wg set wg0 private-key "/run/$RUN.gw.key" listen-port 51820 peer "$(public a)" allowed-ips 10.242.1.1/32
  ip_ a link set wg0 up
  ip_ gw link set wg0 up
  address a wg0 10.242.1.1/32
  address gw wg0 10.242.1.254/24
  ip_ a route add default dev wg0 table 51820
  ip_ a rule add not fwmark 51820 table 51820
  ip_ a rule add table main suppress_prefixlength 0
  in_ a sysctl -qw net.ipv4.conf.all.src_valid_mark=1
  in_ gw nft -f - <<'N'
table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "e1" masquerade; }; }
N
  listen server udp 53
}
fault() { in_ gw nft delete table ip nat; }
traffic() { ask a udp 10.242.2.2 53; }
