# A network of IPv6 behind the far end of wireguard is in no allowed-ips of the near end's peer.
# nodes: laptop vpn-gw nas
# fault: dropped wireguard-allowed-ips
. /work/wireguard.sh
build() {
  local node
  ns laptop vpn-gw nas
  veth laptop wlan0 vpn-gw eth0
  veth vpn-gw lan nas eth0
  in_ vpn-gw sysctl -qw net.ipv6.conf.lan.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
  in_ nas sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
  address laptop wlan0 172.24.53.2/24
  address vpn-gw eth0 172.24.53.1/24
  for node in laptop vpn-gw; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ip_ $node link add wg-home type wireguard
    in_ $node sysctl -qw net.ipv6.conf.wg-home.disable_ipv6=0
    in_ $node wg set wg-home private-key "/run/$RUN.$node.key" listen-port 51820
  done
  in_ laptop wg set wg-home peer "$(public vpn-gw)" endpoint 172.24.53.1:51820 allowed-ips fd00:53::/64,fd00:53:1::/64
  in_ vpn-gw wg set wg-home peer "$(public laptop)" endpoint 172.24.53.2:51820 allowed-ips fd00:53::2/128
  for node in laptop vpn-gw; do ip_ $node link set wg-home up; done
  ip_ laptop addr add fd00:53::2/64 dev wg-home nodad
  ip_ vpn-gw addr add fd00:53::1/64 dev wg-home nodad
  ip_ vpn-gw addr add fd00:53:1::1/64 dev lan nodad
  ip_ nas addr add fd00:53:1::2/64 dev eth0 nodad
  ip_ laptop route add fd00:53:1::/64 dev wg-home
  ip_ nas route add default via fd00:53:1::1
}
fault() { in_ laptop wg set wg-home peer "$(public vpn-gw)" allowed-ips fd00:53::/64; }
traffic() { ping_ laptop fd00:53:1::2; }
