#!/bin/sh
# Compiles the addon (af-packet.c, ring.c, arguments.c, notify.c), one compiler call. Needs a C compiler and the headers of the pinned runtime.
#
#   build.sh             for this machine, into build/: where the prebuilt file does not load (another processor, musl)
#   build.sh prebuilt    for linux x64 and arm64, into prebuilt/, which is committed: after each change of a source.
#                        Needs on x86_64 Debian: apt-get install gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross
#
# The same compiler gives the same bytes: no build id, no path, no date is in the file. CC and CC_ARM64 name other compilers.
set -eu
cd "$(dirname "$0")"

refuse() { printf 'build: %s\n' "$1" >&2; exit 1; }

# In this order the test hashes them, too.
SOURCES="af-packet.c arguments.c arguments.h notify.c notify.h ring.c ring.h"

headers=
for folder in ../../../node_modules/node-linux-*/include/node; do
  [ ! -f "$folder/node_api.h" ] || headers=$folder
done
[ -n "$headers" ] || refuse "the headers of the runtime are missing: run npm ci first"

# compile COMPILER FILE
compile() {
  command -v "$1" >/dev/null || refuse "$1 is missing: apt-get install gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
  mkdir -p "$(dirname "$2")"
  # shellcheck disable=SC2086
  "$1" -std=c11 -O2 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -fstack-protector-strong -shared -static-libgcc -s \
    -isystem "$headers" -DSOURCE_SHA256="\"$(cat $SOURCES | sha256sum | cut -c 1-64)\"" \
    -Wl,--build-id=none -Wl,--as-needed -Wl,-z,relro,-z,now -o "$2" af-packet.c arguments.c notify.c ring.c
  printf 'build: %s\n' "sensor/capture/native/$2"
}

case ${1:-local} in
  local) compile "${CC:-cc}" build/af-packet.node ;;
  prebuilt)
    compile "${CC:-x86_64-linux-gnu-gcc}" prebuilt/af-packet-linux-x64.node
    compile "${CC_ARM64:-aarch64-linux-gnu-gcc}" prebuilt/af-packet-linux-arm64.node
    ;;
  *) printf 'usage: build.sh [prebuilt]\n' >&2; exit 2 ;;
esac
