# A policy of the sender's wants IPsec, and no state was ever made: no daemon answers the kernel's asking.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() { pair a b 10.191.11; keyed 10.191.11; }
fault() { ip_ a xfrm state deleteall src 10.191.11.1 dst 10.191.11.2; }
traffic() { ping_ a 10.191.11.2; }
