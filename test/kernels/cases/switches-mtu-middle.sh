# Three switches in a row; the middle one has a smaller MTU at the port towards who is asked, and drops what is larger without a word.
# nodes: pc sw1 sw2 sw3 nas
# fault: dropped mtu-exceeded
. /work/switches.sh
build() { switches 10.95.2; }
fault() { ip_ sw2 link set p2 mtu 1300; }
traffic() { ping_ pc -M do -s 1400 10.95.2.2; ping_ pc 10.95.2.2; }
