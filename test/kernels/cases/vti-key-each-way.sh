# vti has a mark of its own for each direction; the asker's one for what comes is wrong, so that no policy fits.
# nodes: a b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  modprobe ip_vti
  pair a b 172.24.41
  end a 1 2 77 78
  end b 2 1 78 77
}
# end NODE OWN OTHER OUT IN
end() {
  ip_ "$1" link add vti7 type vti local 172.24.41.$2 remote 172.24.41.$3 okey "$4" ikey "$5"
  ip_ "$1" link set vti7 up
  address "$1" vti7 10.41.0.$2/24
  through "$1" $2 $3 out "$4"
  through "$1" $3 $2 in "$5"
}
# through NODE FROM TO DIRECTION KEY
through() {
  ip_ "$1" xfrm state add src 172.24.41.$2 dst 172.24.41.$3 proto esp spi 0x7$2 mode tunnel \
    aead 'rfc4106(gcm(aes))' "$KEY" 128
  ip_ "$1" xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 dir "$4" mark "$5" mask 0xffffffff \
    tmpl src 172.24.41.$2 dst 172.24.41.$3 proto esp mode tunnel
}
fault() { ip_ a link set vti7 type vti local 172.24.41.1 remote 172.24.41.2 okey 77 ikey 79; }
traffic() { ping_ a 10.41.0.2; }
