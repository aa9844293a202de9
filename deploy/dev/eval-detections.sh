#!/bin/sh
# npm run eval:detections: what the analysis shows of simulated attacks; options are those of collector/eval/detections/main.ts.
set -eu
cd "$(dirname "$0")/../.."
exec node_modules/.bin/node collector/eval/detections/main.ts "$@"
