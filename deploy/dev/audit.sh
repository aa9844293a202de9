#!/bin/sh
# Asks the npm registry whether a package that the programs use has a known hole (high or critical): fails when there is one. A
# registry that does not answer is one sentence, no failure. An answer is good for the same lock file for the rest of the day.
set -eu
cd "$(dirname "$0")/../.."

stamp=${SONDE_AUDIT_STAMP:-node_modules/.sonde-audit}
today="$(sha256sum package-lock.json | cut -c 1-64) $(date -u +%F)"
[ "$(cat "$stamp" 2>/dev/null)" != "$today" ] || exit 0
command -v npm >/dev/null || { echo "audit: npm is missing, so the registry was not asked."; exit 0; }

# npm runs on the system's Node, as in setup.sh.
PATH=$(printf '%s' "$PATH" | tr ':' '\n' | grep -v '/node_modules/\.bin/*$' | paste -s -d ':' -)
answer=$(mktemp -t sonde-audit.XXXXXX)
trap 'rm -f "$answer"' EXIT
if timeout 15 npm audit --omit=dev --audit-level=high --json --fetch-retries=0 --fetch-timeout=8000 >"$answer" 2>/dev/null; then
  grep -q '"auditReportVersion"' "$answer" && { printf '%s\n' "$today" >"$stamp"; } 2>/dev/null || true
elif grep -q '"auditReportVersion"' "$answer"; then
  npm audit --omit=dev --audit-level=high >&2 || true
  echo "audit: a package that the programs use has a known hole; what npm says of it stands above." >&2
  exit 1
else
  echo "audit: the npm registry did not answer, so known holes were not looked for."
fi
