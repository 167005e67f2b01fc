# A policy of IPsec at the router blocks what goes to one network, before it could be encrypted.
# nodes: a r b
# fault: dropped ipsec-policy
. /work/routed.sh
build() {
  modprobe -a xfrm_user esp4
  routed 10.141
}
fault() { ip_ r xfrm policy add src 10.141.1.0/24 dst 10.141.2.0/24 dir out action block; }
traffic() { ping_ a 10.141.2.1; }
