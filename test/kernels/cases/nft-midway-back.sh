# Of three routers the middle one begins to drop the answers of one server, after some have passed.
# nodes: a r1 r2 r3 b
# fault: dropped netfilter-drop
build() {
  ns a r1 r2 r3 b
  local from=a i=1 to
  for to in r1 r2 r3 b; do
    veth $from right $to left
    address $from right 10.232.$i.1/24
    address $to left 10.232.$i.2/24
    [ $to = b ] || forwards $to
    from=$to i=$((i + 1))
  done
  ip_ a route add default via 10.232.1.2
  ip_ b route add default via 10.232.4.1
  ip_ r1 route add default via 10.232.2.2
  ip_ r2 route add 10.232.4.0/24 via 10.232.3.2
  ip_ r2 route add 10.232.1.0/24 via 10.232.2.1
  ip_ r3 route add default via 10.232.3.1
  listen b udp 53
}
fault() { touch "/run/$RUN.later"; }
traffic() {
  ask a udp 10.232.4.2 53
  if [ -e "/run/$RUN.later" ]; then
    in_ r2 nft -f - <<'N'
table ip late { chain passing { type filter hook forward priority 10; ip saddr 10.232.4.2 udp sport 53 counter drop; }; }
N
  fi
  ask a udp 10.232.4.2 53
  ping_ a 10.232.4.2
}
