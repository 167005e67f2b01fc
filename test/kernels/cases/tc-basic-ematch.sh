# A basic filter of tc, with ematches, at a router's egress drops what a host sends with one type of service.
# nodes: a r b
# fault: dropped traffic-control-drop
. /work/routed.sh
build() {
  modprobe -a cls_basic em_u32 em_cmp
  routed 10.60
  tc_ r qdisc add dev e1 root handle 1: prio
  tc_ r filter add dev e1 parent 1: prio 7 protocol ip basic match 'u32(u32 0x0a3c0902 0xffffffff at 16)' action drop
}
fault() { tc_ r filter add dev e1 parent 1: prio 3 protocol ip basic match 'cmp(u8 at 1 layer network eq 72) and u32(u32 0x0a3c0201 0xffffffff at 16)' action drop; }
traffic() { ping_ a 10.60.2.1; ping_ a -Q 72 10.60.2.1; }
