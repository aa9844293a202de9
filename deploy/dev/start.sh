#!/bin/sh
# npm start: the collector with an embedded sensor, on the bundled demo capture unless the caller names other input.
set -eu
cd "$(dirname "$0")/../.."

demo=yes
[ -z "${SONDE_READ:-}${SONDE_INTERFACE:-}${SONDE_NATS:-}${SONDE_CONFIG:-}" ] || demo=no
for argument in "$@"; do
  case $argument in
    --read | --read=* | --interface | --interface=* | --nats | --nats=* | --config | --config=*) demo=no ;;
    --help | -h | --version) demo=no ;;
  esac
done
# As deploy/bin/sonde-collector: one pool of memory, given back as soon as it is free.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-131072}"
# The runtime takes this shell's place, so that signals reach it.
[ "$demo" = no ] || exec node_modules/.bin/node --max-semi-space-size=16 collector/main.ts run --read deploy/demo/demo.pcap "$@"
exec node_modules/.bin/node --max-semi-space-size=16 collector/main.ts run "$@"
