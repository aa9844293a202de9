#!/bin/sh
# The checks of a change. quick: format, lint, types, and every test that starts no server: the inner loop, under a minute.
# all: the same, and the integration tests (nats-server, nginx and network namespaces, a browser).
set -eu
cd "$(dirname "$0")/../.."
PATH="$PWD/node_modules/.bin:$PATH"

biome ci --error-on-warnings .
tsc
quick=$(find sensor collector shared deploy -name '*.test.ts' ! -name '*.integration.test.ts' ! -path '*/dist/*' | sort)
# shellcheck disable=SC2086
node --test $quick
[ "${1:-quick}" = all ] || exit 0
servers=$(find sensor collector shared deploy -name '*.integration.test.ts' ! -path '*/dist/*' | sort)
# One at a time: they start real servers and measure nothing else on two cores.
# shellcheck disable=SC2086
node --test --test-concurrency=1 $servers
