// Endpoints at which an answer without a credential is what everybody expects, so that nothing is concluded from it.
//
// In:  method and template. Out: why, in words, or "". Known by convention only: few words, whole segments, and never a prefix, because
// "/health-records/{int}" is no health check and "/tokens" no sign-in.

const HEALTH = new Set([
  "health",
  "healthz",
  "healthcheck",
  "health-check",
  "health_check",
  "-/healthy",
  "-/ready",
  "actuator/health",
  "actuator/health/liveness",
  "actuator/health/readiness",
  "health/live",
  "health/ready",
  "livez",
  "readyz",
  "liveness",
  "readiness",
  "ping",
  "heartbeat",
])
const PUBLIC = new Set(["robots.txt", "favicon.ico"])
const SIGN_IN = new Set(["login", "signin", "sign-in", "token", "oauth/token", "oauth2/token", "authenticate"])

const READS = new Set(["GET", "HEAD"])

/** The last one and the last two and three segments, without the version or base path before them. */
function ends(template: string): string[] {
  const segments = template.toLowerCase().split("/").filter(Boolean)
  return [1, 2, 3].map((count) => segments.slice(-count).join("/"))
}

export function exemption({ method, template }: { readonly method: string; readonly template: string }): string {
  if (method === "OPTIONS") return "A preflight (OPTIONS) carries no credential: browsers send it without one."
  const names = ends(template)
  if (READS.has(method)) {
    if (names.some((name) => HEALTH.has(name))) return "It looks like a health check, which is mostly open by intent."
    if (template.startsWith("/.well-known/")) return "Documents below /.well-known/ are there for everybody."
    if (names.some((name) => PUBLIC.has(name))) return "It is a file that every site shows to everybody."
  }
  if (method === "POST" && names.some((name) => SIGN_IN.has(name)))
    return "It looks like a sign-in: whoever calls it has no credential yet, or sends it in the body."
  return ""
}
