# ESP in UDP, as behind a NAT, and no daemon of the receiver's holds its port any more.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  pair a b 10.140.14
  local node
  for node in a b; do
    state $node 10.140.14.1 10.140.14.2 0x100 encap espinudp 4500 4500 0.0.0.0
    state $node 10.140.14.2 10.140.14.1 0x200 encap espinudp 4500 4500 0.0.0.0
    takes $node
  done
  policy a 10.140.14.1 10.140.14.2 out
  policy a 10.140.14.2 10.140.14.1 in
  policy b 10.140.14.2 10.140.14.1 out
  policy b 10.140.14.1 10.140.14.2 in
}
# takes NODE: a socket that hands ESP to the kernel (UDP_ENCAP_ESPINUDP). As a key daemon does, it has policies of
# its own (IP_XFRM_POLICY) that let pass what comes to it and goes from it.
takes() {
  local said
  exec {said}< <(in_ "$1" setsid python3 -c '
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_UDP, 100, 2)
for direction in 0, 1:
    selector = struct.pack("40xHBBB3xiI", socket.AF_INET, 0, 0, 0, 0, 0)
    rest = struct.pack("4Q64xIIBBBB4x", *[2**64 - 1] * 4, 0, 0, direction, 0, 0, 0)
    s.setsockopt(socket.IPPROTO_IP, 17, selector + rest)
s.bind(("", 4500))
print("taking", flush=True)
time.sleep(86400)' </dev/null 2>/dev/null)
  read -r -u "$said" _
}
fault() { silence b; sleep 1; }
traffic() { ping_ a 10.140.14.2; }
