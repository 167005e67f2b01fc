# A hub of wireguard hands on from peer to peer; the far peer was never given the near one's address.
# nodes: lisboa hub porto
# fault: dropped wireguard-allowed-ips
. /work/wireguard.sh
build() {
  local node
  ns lisboa hub porto
  veth lisboa wan hub w1
  veth porto wan hub w2
  address lisboa wan 172.22.25.1/30
  address hub w1 172.22.25.2/30
  address porto wan 172.22.25.5/30
  address hub w2 172.22.25.6/30
  forwards hub
  for node in lisboa hub porto; do
    wg genkey >"/run/$RUN.$node.key"
    wg pubkey <"/run/$RUN.$node.key" >"/run/$RUN.$node.pub"
    ip_ $node link add vpn type wireguard
    in_ $node wg set vpn private-key "/run/$RUN.$node.key" listen-port 51820
  done
  in_ lisboa wg set vpn peer "$(public hub)" endpoint 172.22.25.2:51820 allowed-ips 10.191.15.0/24
  in_ porto wg set vpn peer "$(public hub)" endpoint 172.22.25.6:51820 allowed-ips 10.191.15.0/24
  in_ hub wg set vpn peer "$(public lisboa)" endpoint 172.22.25.1:51820 allowed-ips 10.191.15.1/32
  in_ hub wg set vpn peer "$(public porto)" endpoint 172.22.25.5:51820 allowed-ips 10.191.15.2/32
  for node in lisboa hub porto; do ip_ $node link set vpn up; done
  address lisboa vpn 10.191.15.1/24
  address porto vpn 10.191.15.2/24
  address hub vpn 10.191.15.254/24
}
fault() { in_ porto wg set vpn peer "$(public hub)" allowed-ips 10.191.15.254/32; }
traffic() { ping_ lisboa 10.191.15.2; }
