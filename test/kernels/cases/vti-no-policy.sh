# The receiver of a vti tunnel (IPsec by a device) has lost the policy for what comes in by its mark.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  modprobe ip_vti
  pair a b 172.24.80
  end a 1 2 77
  end b 2 1 77
}
# end NODE OWN OTHER KEY
end() {
  ip_ "$1" link add vti7 type vti local 172.24.80.$2 remote 172.24.80.$3 key "$4"
  ip_ "$1" link set vti7 up
  address "$1" vti7 10.177.0.$2/24
  through "$1" $2 $3 out "$4"
  through "$1" $3 $2 in "$4"
}
# through NODE FROM TO DIRECTION KEY
through() {
  ip_ "$1" xfrm state add src 172.24.80.$2 dst 172.24.80.$3 proto esp spi 0x7$2 mode tunnel \
    aead 'rfc4106(gcm(aes))' "$KEY" 128
  ip_ "$1" xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 dir "$4" mark "$5" mask 0xffffffff \
    tmpl src 172.24.80.$2 dst 172.24.80.$3 proto esp mode tunnel
}
fault() { ip_ b xfrm policy del src 0.0.0.0/0 dst 0.0.0.0/0 dir in mark 77 mask 0xffffffff; }
traffic() { ping_ a 10.177.0.2; }
