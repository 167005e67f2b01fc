# Two containers by ipvlan in mode l3s on one host; the one has no route back to the other.
# nodes: host=host,web,db
# fault: dropped no-route
# besides: unanswered no-route
build() {
  ns host web db
  ip_ host link add base0 type dummy
  ip_ host link set base0 up
  local name own
  for name in web db; do
    own=1; [ $name = web ] || own=2
    ip_ host link add "iv-$name" link base0 type ipvlan mode l3s
    ip_ host link set "iv-$name" netns "$RUN.$name"
    ip_ $name link set "iv-$name" up
    address $name "iv-$name" 10.177.86.$own/32
    ip_ $name route add 10.177.86.0/24 dev "iv-$name"
  done
}
fault() { ip_ db route del 10.177.86.0/24; }
traffic() { ping_ web 10.177.86.2; }
