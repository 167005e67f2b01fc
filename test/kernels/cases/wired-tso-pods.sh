# Pods behind routers whose cards take TCP in pieces of 64 KiB; the far router drops one of four of them.
# nodes: near=near,one far=far,two
# far: far two
# wire: tso
# fault: slow netfilter-drop
build() {
  wired near far 172.22.14
  ns one two
  pod near one 1
  pod far two 2
  ip_ near route add 10.222.142.0/24 via 172.22.14.2
  ip_ far route add 10.222.141.0/24 via 172.22.14.1
  in_ far nft add table ip far
  in_ far nft add chain ip far pass '{ type filter hook forward priority 0; }'
  listen two bulk 5001
}
pod() {
  veth "$1" "v$3" "$2" eth0
  address "$1" "v$3" "10.222.14$3.254/24"
  address "$2" eth0 "10.222.14$3.1/24"
  ip_ "$2" route add default via "10.222.14$3.254"
  forwards "$1"
}
fault() { in_ far nft add rule ip far pass tcp dport 5001 meta length '>' 1400 numgen inc mod 4 0 counter drop; }
traffic() { bulk one 10.222.142.1 5001 524288; }
