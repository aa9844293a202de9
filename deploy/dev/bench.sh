#!/bin/sh
# npm run bench: what a capture costs to read, beside the tools of today, then what an event costs to collect.
# Arguments are those of sensor/bench/main.ts; --smoke shortens both.
set -eu
cd "$(dirname "$0")/../.."
PATH="$PWD/node_modules/.bin:$PATH"
node sensor/bench/main.ts "$@"
smoke=
for argument in "$@"; do [ "$argument" != --smoke ] || smoke=--smoke; done
node collector/bench/apply.bench.ts $smoke
