#!/bin/sh
# npm run eval:templates: how well path templates are learned; options are those of collector/eval/templates/main.ts.
set -eu
cd "$(dirname "$0")/../.."
exec node_modules/.bin/node collector/eval/templates/main.ts "$@"
