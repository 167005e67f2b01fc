# What the fakes of bpftrace share. They are called as `FAKE -B line [MORE…] PROGRAM`, print what
# src/probe/read/decode.ts reads, and end on SIGINT unless they say otherwise.

if [ "$1" = --version ]; then
  echo "bpftrace v0.17.0"
  exit 0
fi

# CLOCK_MONOTONIC, to a hundredth of a second.
now() {
  read -r uptime _ </proc/uptime
  echo "${uptime/./}0000000"
}

tick() { printf 't\t%s\n' "$(now)"; }

# One echo request of 10.0.0.1 to 10.0.0.2 that a device received, as bpf/lib/emit.bt prints it.
# NETNS comes with the environment; $1 tells one packet from the next.
packet() {
  printf 'R\t%s\t0\tffff%08x\tffff%08x\t%s\t2\teth0\t84\t0\t0\t0\t0\t140104\t0\t' \
    "$(now)" "$1" "$1" "${NETNS:-4026531840}"
  printf '54000045\t100000a00000140\t200000a\t0\t0\t%x00000000000008\t0\t0\t20000\n' "$1"
}

# Ticks until it is told to end; the pause is one that a signal cuts short.
tick_until_int() {
  trap 'exit 0' INT TERM
  while :; do
    tick
    sleep 0.1 &
    wait $!
  done
}
