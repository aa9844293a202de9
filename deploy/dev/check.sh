#!/bin/sh
# The checks of a change. quick: format, lint, types, and every test that starts no server: the inner loop, under a minute.
# all: the same, and the integration tests (nats-server, nginx and network namespaces, a browser).
set -eu
cd "$(dirname "$0")/../.."
PATH="$PWD/node_modules/.bin:$PATH"

quick=$(find sensor collector shared deploy -name '*.test.ts' ! -name '*.integration.test.ts' ! -path '*/dist/*' | sort)
# Format, lint and types beside the tests, and the tests in two processes, each with half of the files: one for each file would load the
# sources some 260 times; so a beforeEach belongs into a describe. What runs behind is shown when it has ended, so that the three do not mix.
logs=$(mktemp -d -t sonde-check.XXXXXX)
trap 'rm -rf "$logs"' EXIT
{ biome ci --error-on-warnings . && tsc; } >"$logs/source" 2>&1 &
source=$!
# Waits for the network, not for a processor.
sh deploy/dev/audit.sh >"$logs/audit" 2>&1 &
audit=$!
# shellcheck disable=SC2086
node --test --test-isolation=none --test-shard=2/2 $quick >"$logs/half" 2>&1 &
half=$!
failed=""
# shellcheck disable=SC2086
node --test --test-isolation=none --test-shard=1/2 $quick || failed=" tests"
wait "$half" || failed=" tests"
cat "$logs/half"
wait "$source" || failed="$failed source (format, lint, types)"
cat "$logs/source"
wait "$audit" || failed="$failed audit"
cat "$logs/audit"
[ -z "$failed" ] || { echo "Failed:$failed." >&2; exit 1; }
[ "${1:-quick}" = all ] || exit 0
servers_of() { find "$1" -name '*.integration.test.ts' ! -path '*/dist/*' | sort; }
# They start real servers, each file for itself. Those of collector and deploy wait more than they work: two at a time, one of each. Those
# of the sensor count packets that the kernel drops: alone.
# shellcheck disable=SC2046
node --test --test-concurrency=1 $(servers_of deploy) >"$logs/deploy" 2>&1 &
deploy=$!
# shellcheck disable=SC2046
node --test --test-concurrency=1 $(servers_of collector) || failed=" collector"
wait "$deploy" || failed="$failed deploy"
cat "$logs/deploy"
# shellcheck disable=SC2046
node --test --test-concurrency=1 $(servers_of sensor) $(servers_of shared) || failed="$failed sensor"
[ -z "$failed" ] || { echo "Failed:$failed." >&2; exit 1; }
