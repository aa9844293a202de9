#!/bin/sh
# The checks of a change. quick: format, lint, types, and every test that starts no server: the inner loop, under a minute.
# all: the same, and the integration tests (nats-server, nginx and network namespaces, a browser).
set -eu
cd "$(dirname "$0")/../.."
PATH="$PWD/node_modules/.bin:$PATH"

biome ci --error-on-warnings .
tsc
quick=$(find sensor collector shared deploy -name '*.test.ts' ! -name '*.integration.test.ts' ! -path '*/dist/*' | sort)
# Two processes, each with half of the files: one for each file would load the sources some 260 times. What a half says is shown when
# it has ended, so that the two do not mix.
log=$(mktemp -t sonde-check.XXXXXX)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
node --test --test-isolation=none --test-shard=2/2 $quick >"$log" 2>&1 &
half=$!
# shellcheck disable=SC2086
node --test --test-isolation=none --test-shard=1/2 $quick || { wait "$half" || true; cat "$log"; exit 1; }
wait "$half" || { cat "$log"; exit 1; }
cat "$log"
[ "${1:-quick}" = all ] || exit 0
servers=$(find sensor collector shared deploy -name '*.integration.test.ts' ! -path '*/dist/*' | sort)
# One at a time: they start real servers and measure nothing else on two cores.
# shellcheck disable=SC2086
node --test --test-concurrency=1 $servers
