#!/bin/sh
# npm run bench: what a capture costs to read, beside the tools of today; what TLS read with keys costs beside plain text; whether cost grows with exchanges and flows; a soak; what
# live capture costs and loses (root); what an event costs to collect.
# Arguments are those of sensor/bench/main.ts; --smoke shortens all of it.
set -eu
cd "$(dirname "$0")/../.."
PATH="$PWD/node_modules/.bin:$PATH"
smoke=
for argument in "$@"; do [ "$argument" != --smoke ] || smoke=--smoke; done
node sensor/bench/main.ts "$@"
node sensor/bench/tls.ts $smoke
node sensor/bench/growth.ts $smoke
node sensor/bench/soak.ts $smoke
if [ "$(id -u)" = 0 ]; then node sensor/bench/live.ts $smoke; else echo "live: needs root"; fi
node collector/bench/apply.bench.ts $smoke
