// Keeps compiled code between runs: without it every start strips the types of some 150 files anew (0.39 s of CPU against
// 0.13 s, 2026-11-23). The cache lies in node_modules, where only the owner of the installation writes: a folder in /tmp could
// be prepared by somebody else. Where it cannot be written, as under a sandboxed unit, it is read, or done without.
import { enableCompileCache } from "node:module"
import { fileURLToPath } from "node:url"

export function keepCompiled(): void {
  enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/sonde", import.meta.url)))
}
