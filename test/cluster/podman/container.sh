# A container of podman with all that podman keeps in folders of this mount namespace alone, and what
# COMMAND… prints beside it. Called as: container.sh UNPACKED NAME COMMAND…
set -eu
home=$1 name=$2
shift 2
work=$(mktemp -d)
for folder in /var/lib/containers /run/containers /run/libpod /run/netns "$work"; do
  mkdir -p "$folder"
  mount -t tmpfs tmpfs "$folder"
done
mkdir -p "$work/root/bin" "$work/root/proc" "$work/root/sys" "$work/root/dev"
cp "$home/bin/busybox" "$work/root/bin/busybox"
cat >"$work/containers.conf" <<CONF
[containers]
apparmor_profile = ""
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_path = ["$home/usr/bin/conmon"]
[engine.runtimes]
runc = ["$home/usr/sbin/runc"]
CONF
podman() {
  env CONTAINERS_CONF="$work/containers.conf" CONTAINERS_REGISTRIES_CONF=/dev/null \
    LD_LIBRARY_PATH="$(echo "$home"/usr/lib/*-linux-gnu)" PATH="$home/usr/bin:$PATH" \
    "$home/usr/bin/podman" --storage-driver vfs "$@" >&2
}
parents=$(ls -d /sys/fs/cgroup/libpod_parent /sys/fs/cgroup/*/libpod_parent 2>/dev/null || :)
end() {
  podman rm -f -t 0 "$name" || :
  [ -n "$parents" ] && return
  # Its monitor is in one of them for a moment longer.
  for parent in /sys/fs/cgroup/libpod_parent /sys/fs/cgroup/*/libpod_parent; do
    tries=0
    while [ -d "$parent" ] && [ "$tries" -lt 100 ]; do
      find "$parent" -depth -type d -exec rmdir {} \; 2>/dev/null || :
      tries=$((tries + 1))
    done
  done
}
trap end EXIT
podman run -d --network none --name "$name" --rootfs "$work/root" /bin/busybox sleep 600
"$@"
