// Builds the console into dist/: hashed files, nothing inlined, nothing fetched from elsewhere. `vite -c …` serves it with
// hot reload and passes the API through to a collector on its default port.
import { defineConfig } from "vite"

const COLLECTOR = "http://127.0.0.1:8470"

export default defineConfig({
  root: import.meta.dirname,
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // The strict policy allows scripts and fonts from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": COLLECTOR, "/healthz": COLLECTOR, "/readyz": COLLECTOR } },
})
