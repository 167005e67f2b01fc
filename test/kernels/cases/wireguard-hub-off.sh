# Two hosts talk by a hub of wireguard, which forwards no more between its peers.
# nodes: one hub two
# fault: dropped ip-forwarding-disabled
build() {
  modprobe wireguard
  ns one hub two
  veth one e0 hub e1
  veth two e0 hub e2
  address hub e1 172.29.3.1/30
  address one e0 172.29.3.2/30
  address hub e2 172.29.3.5/30
  address two e0 172.29.3.6/30
  forwards hub
  local node
  for node in one hub two; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ip_ $node link add wg0 type wireguard
    in_ $node wg set wg0 private-key "/run/$RUN.$node.key" listen-port 51820
    ip_ $node link set wg0 up
  done
  in_ hub wg set wg0 peer "$(cat /run/$RUN.one.pub)" allowed-ips 10.247.1.1/32 peer "$(cat /run/$RUN.two.pub)" endpoint 172.29.3.6:51820 allowed-ips 10.247.1.2/32
  in_ one wg set wg0 peer "$(cat /run/$RUN.hub.pub)" endpoint 172.29.3.1:51820 allowed-ips 10.247.1.0/24
  in_ two wg set wg0 peer "$(cat /run/$RUN.hub.pub)" endpoint 172.29.3.5:51820 allowed-ips 10.247.1.0/24
  address one wg0 10.247.1.1/24
  address two wg0 10.247.1.2/24
  address hub wg0 10.247.1.254/24
}
fault() { in_ hub sysctl -qw net.ipv4.ip_forward=0; }
traffic() { ping_ one 10.247.1.2; }
