#!/bin/sh
# Run while an image is built: each of its Debian packages is of the version that was tried, so that
# the base image and what is installed on it are pinned. The archive that Debian signs vouches for what
# a version holds. Argument: "tried", or "any" for later fixes, another release, another processor.
set -eu
if [ "$1" = any ]; then exit 0; fi
list=$(dirname -- "$0")/debian.versions
have=$(dpkg-query -W -f '${Package} ${Version}\n')
other=$(printf '%s\n' "$have" | grep -vxF -f "$list" || true)
if [ -z "$other" ]; then exit 0; fi
printf '%s\n' "$other" | while read -r name version; do
  tried=$(sed -n "s/^$name //p" "$list")
  echo "Cannot build: $name is $version, must be ${tried:-left out} (or give --build-arg VERSIONS=any)" >&2
done
exit 1
