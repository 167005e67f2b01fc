# Two leaves bridge two hosts over vxlan with entries that were written by hand; the far one's entry for the asker names an end where nobody is.
# nodes: host-a leaf-1 leaf-2 host-b
# fault: dropped tunnel-endpoint-unreachable
build() {
  ns host-a leaf-1 leaf-2 host-b
  veth leaf-1 wan leaf-2 wan
  address leaf-1 wan 172.31.9.1/24
  address leaf-2 wan 172.31.9.2/24
  local i=1 host other=2
  for host in a b; do
    veth host-$host e0 leaf-$i acc
    ip_ leaf-$i link add br9 type bridge
    ip_ leaf-$i link add vx9 type vxlan id 909 local 172.31.9.$i dstport 4789 nolearning
    for d in vx9 acc; do ip_ leaf-$i link set $d master br9; done
    for d in vx9 br9; do ip_ leaf-$i link set $d up; done
    address host-$host e0 10.91.1.$i/24
    in_ leaf-$i bridge fdb append 00:00:00:00:00:00 dev vx9 dst 172.31.9.$other
    i=2 other=1
  done
  in_ leaf-1 bridge fdb replace "$(mac host-b e0)" dev vx9 dst 172.31.9.2
  in_ leaf-2 bridge fdb replace "$(mac host-a e0)" dev vx9 dst 172.31.9.1
  ip_ host-a neigh replace 10.91.1.2 lladdr "$(mac host-b e0)" dev e0
  ip_ host-b neigh replace 10.91.1.1 lladdr "$(mac host-a e0)" dev e0
}
fault() { in_ leaf-2 bridge fdb replace "$(mac host-a e0)" dev vx9 dst 172.31.9.77; }
traffic() { ping_ host-a -c 1 -W 4 10.91.1.2; }
