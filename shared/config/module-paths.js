// The sources' own modules are where their imports say: a relative path with its ending. Node would look for each one again for every
// import of it, through links and package files: 0.04 s of CPU of a start with 380 modules (2026-11-24).
//
// JavaScript for the same reason as compile-cache.js.
import { registerHooks } from "node:module"

/** @type {import("node:module").ResolveHookSync} */
function resolve(specifier, context, next) {
  const { parentURL } = context
  if (parentURL === undefined || !specifier.startsWith(".") || !specifier.endsWith(".ts"))
    return next(specifier, context)
  return { url: new URL(specifier, parentURL).href, format: "module-typescript", shortCircuit: true }
}

/** @returns {void} */
export function takePathsAsWritten() {
  registerHooks({ resolve })
}
