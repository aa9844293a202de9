#!/bin/sh
# The checks of a change. quick: format, lint, types, and every test that starts no server: the inner loop, under a minute.
# all: the same, and the integration tests (nats-server, nginx and network namespaces, a browser).
set -eu
cd "$(dirname "$0")/../.."
PATH="$PWD/node_modules/.bin:$PATH"
logs=$(mktemp -d -t sonde-check.XXXXXX)
trap 'rm -rf "$logs"' EXIT

# checked NAME COMMAND...: one check; that it failed is remembered.
checked() {
  name=$1 && shift
  "$@" || echo "$name" >>"$logs/failed"
}
# beside NAME COMMAND...: the same behind others. What it says is shown when all have ended, so that they do not mix.
beside() { checked "$@" >"$logs/$1.log" 2>&1 & }
# Waits for those behind, shows what they said, and ends here where any check failed.
settle() {
  wait
  cat "$logs"/*.log
  rm "$logs"/*.log
  [ ! -f "$logs/failed" ] || { echo "Failed: $(paste -s -d ' ' "$logs/failed")." >&2; exit 1; }
}
source_checks() { biome ci --error-on-warnings . && tsc; }
tests_of() { find "$@" ! -path '*/dist/*' | sort; }

# Format, lint and types beside the tests, and the tests in two processes, each with half of the files: one for each file would load the
# sources some 260 times; so a beforeEach belongs into a describe.
quick=$(tests_of sensor collector shared deploy -name '*.test.ts' ! -name '*.integration.test.ts')
beside format-lint-types source_checks
# Waits for the network, not for a processor.
beside audit sh deploy/dev/audit.sh
# shellcheck disable=SC2086
beside tests-2 node --test --test-isolation=none --test-shard=2/2 $quick
# shellcheck disable=SC2086
checked tests-1 node --test --test-isolation=none --test-shard=1/2 $quick
settle
[ "${1:-quick}" = all ] || exit 0

# They start real servers, each file for itself. Those of collector and deploy wait more than they work: two at a time, one of each. Those
# of the sensor count packets that the kernel drops: alone.
# shellcheck disable=SC2046
servers() { node --test --test-concurrency=1 $(tests_of "$@" -name '*.integration.test.ts'); }
beside deploy servers deploy
checked collector servers collector
wait
checked sensor servers sensor shared
settle
