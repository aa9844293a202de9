#!/bin/sh
# Compiles the binding of the npm package cap (libpcap for Node), for the fallback of live capture: one compiler call for
# one file. npm would do the same through node-gyp, which also wants python3 and make, and a runtime that matches npm's.
# Needs: apt-get install g++ libpcap-dev. Nothing else of Sonde needs this.
set -eu
cd "$(dirname "$0")/../../.."

refuse() { printf 'build: %s\n' "$1" >&2; exit 1; }

headers=
for folder in node_modules/node-linux-*/include/node; do
  [ ! -f "$folder/node.h" ] || headers=$folder
done
[ -n "$headers" ] && [ -f node_modules/cap/src/binding.cc ] && [ -f node_modules/nan/nan.h ] ||
  refuse "the packages cap, nan and node-linux-* are missing: run npm ci first"
command -v "${CXX:-g++}" >/dev/null || refuse "${CXX:-g++} is missing: apt-get install g++ libpcap-dev"

mkdir -p node_modules/cap/build/Release
# Its warnings are about the past of V8's interface and not ours to mend.
"${CXX:-g++}" -std=gnu++20 -O2 -fPIC -shared -fno-rtti -fno-exceptions -s -w \
  -DNODE_GYP_MODULE_NAME=cap -DBUILDING_NODE_EXTENSION -DUSING_UV_SHARED=1 -DUSING_V8_SHARED=1 -D_FILE_OFFSET_BITS=64 \
  -isystem "$headers" -isystem node_modules/nan \
  -o node_modules/cap/build/Release/cap.node node_modules/cap/src/binding.cc -lpcap ||
  refuse "cap does not compile; libpcap's headers may be missing: apt-get install libpcap-dev"
printf 'build: %s\n' node_modules/cap/build/Release/cap.node
