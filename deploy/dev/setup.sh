#!/bin/sh
# Makes a checkout ready, on a bare Debian 12 with npm: says one line for each thing it does, nothing when there is nothing
# to do. Called by the npm scripts; safe to call at any time.
#
#   setup.sh run     what running needs: packages of the lock file (with the runtime, Node 24), the console
#   setup.sh test    also the programs that the tests drive; installed from Debian when this is root, named otherwise
#
# What is done is remembered by content, not by date: the lock file's and the console's hashes. Starts no Node unless
# there is work, because npm start must be quick the second time.
set -eu
cd "$(dirname "$0")/../.."

mode=${1:-run}
say() { printf 'set-up: %s\n' "$1"; }
refuse() { printf 'set-up: %s\n' "$1" >&2; exit 1; }
case $mode in run | test) ;; *) printf 'usage: setup.sh run|test\n' >&2; exit 2 ;; esac

case $(uname -s)/$(uname -m) in
  Linux/x86_64 | Linux/aarch64) ;;
  *) refuse "Sonde runs on Linux on x86_64 or arm64; this is $(uname -s) on $(uname -m)." ;;
esac

hash_of() { sha256sum | cut -c 1-64; }
lock_hash=$(hash_of <package-lock.json)
runtime=node_modules/.bin/node
stamp=node_modules/.sonde-lock
console_stamp=node_modules/.sonde-console

# npm ci wrote the hidden lock file last, so one younger than ours is a whole installation made by hand.
is_installed() {
  [ -x "$runtime" ] || return 1
  if [ -f "$stamp" ]; then
    [ "$(cat "$stamp")" = "$lock_hash" ]
  else
    [ -n "$(find node_modules/.package-lock.json -newer package-lock.json 2>/dev/null)" ] || return 1
    { printf '%s\n' "$lock_hash" >"$stamp"; } 2>/dev/null || true
  fi
}

# npm must not run on the runtime that it is about to replace: the package scripts put that one first.
path_without_packages() {
  printf '%s' "$PATH" | tr ':' '\n' | grep -v '/node_modules/\.bin/*$' | paste -s -d ':' -
}

install_packages() {
  outer_path=$(path_without_packages)
  PATH=$outer_path command -v npm >/dev/null || refuse "npm is missing: apt-get install npm"
  say "installing the packages of package-lock.json"
  rm -f "$stamp"
  # No package needs its install script: the runtime and msgpackr bring their programs built, cap is built when it is asked
  # for (sensor/capture/libpcap-child/build.sh), so that no compiler is needed here.
  PATH=$outer_path npm ci --ignore-scripts --loglevel=error --no-audit --no-fund >/dev/null ||
    refuse "npm ci failed; what it said stands above."
  # npm 9 rolls an optional package of the other processor back together with the link that both share.
  case $(uname -m) in x86_64) machine=x64 ;; *) machine=arm64 ;; esac
  [ -x "$runtime" ] || ln -sf "../node-linux-$machine/bin/node" "$runtime"
  "$runtime" --version >/dev/null 2>&1 ||
    refuse "the Node runtime from npm does not run here: it needs glibc 2.28 or newer, and npm's optional packages."
  printf '%s\n' "$lock_hash" >"$stamp"
}

# Hash of what the console is built from: its sources and the packages.
console_hash() {
  {
    printf '%s\n' "$lock_hash"
    find collector/web -type f ! -path 'collector/web/dist/*' ! -name '*.test.*' ! -name '*.md' | LC_ALL=C sort |
      xargs sha256sum
  } | hash_of
}

build_console() {
  log=$(mktemp)
  say "building the console"
  if ! NO_COLOR=1 "$runtime" node_modules/vite/bin/vite.js build -c collector/web/vite.config.ts --logLevel warn >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    refuse "the console could not be built."
  fi
  rm -f "$log"
  printf '%s\n' "$console_want" >"$console_stamp"
}

# Programs and the Debian packages that bring them.
missing_packages() {
  for pair in nats-server:nats-server chromium:chromium tcpdump:tcpdump nginx:nginx-light curl:curl ip:iproute2 \
    jupyter-server:jupyter-server ethtool:ethtool tcpreplay:tcpreplay wrk:wrk unshare:util-linux systemctl:systemd perl:perl-base g++:g++ promtool:prometheus faketime:faketime \
    pcap-config:libpcap-dev; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%:*}" >/dev/null || printf ' %s' "${pair#*:}"
  done
}

install_from_debian() {
  packages=$1
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    refuse "the tests need programs that are not here; install them as root: apt-get install$packages"
  fi
  log=$(mktemp -t sonde-apt.XXXXXX)
  say "installing from Debian:$packages"
  export DEBIAN_FRONTEND=noninteractive
  # The lists may be missing or too old to fetch from; then they are fetched and the same is tried again.
  # shellcheck disable=SC2086
  if ! apt-get install -y -q --no-install-recommends $packages >"$log" 2>&1; then
    { apt-get update -q && apt-get install -y -q --no-install-recommends $packages; } >>"$log" 2>&1 || {
      tail -n 5 "$log" >&2
      refuse "apt-get install$packages failed; its whole output is in $log"
    }
  fi
  rm -f "$log"
}

is_installed || install_packages
if [ -f collector/web/vite.config.ts ]; then
  console_want=$(console_hash)
  [ -f collector/web/dist/index.html ] && [ "$(cat "$console_stamp" 2>/dev/null)" = "$console_want" ] || build_console
fi
if [ "$mode" = test ]; then
  missing=$(missing_packages)
  [ -z "$missing" ] || install_from_debian "$missing"
  if [ ! -f node_modules/cap/build/Release/cap.node ]; then
    say "building the npm package cap, the fallback of live capture"
    sh sensor/capture/libpcap-child/build.sh >/dev/null || refuse "cap could not be built; what it said stands above."
  fi
fi
