// The rules of the house, as one ordinary test: who imports whom, one owner file an external library, size of files,
// no wall clock between capture and publish, nothing left unfinished.
import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { test } from "node:test"

const ROOT = resolve(import.meta.dirname, "../..")
const LINES_MAX = 400
const TEST_LINES_MAX = 600

interface SourceFile {
  /** Relative to the repository, with "/" between folders. */
  readonly path: string
  readonly text: string
  /** Relative paths of imported project files, and names of imported packages. */
  readonly local: readonly string[]
  readonly external: readonly string[]
}

function sourceFiles(): SourceFile[] {
  const out: SourceFile[] = []
  for (const top of ["sensor", "collector", "shared", "deploy"])
    for (const entry of readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })) {
      const full = join(entry.parentPath, entry.name)
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || /\/(dist|node_modules)\//.test(full)) continue
      const text = readFileSync(full, "utf8")
      const specifiers = [
        ...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+|\brequire\w*\(\s*)"([^"\n]+)"/g),
      ].map((m) => m[1]!)
      const local = specifiers.filter((s) => s.startsWith(".")).map((s) => relative(ROOT, resolve(dirname(full), s)))
      const external = specifiers
        .filter((s) => !s.startsWith(".") && !s.startsWith("node:") && !s.startsWith("/"))
        .map((s) =>
          s
            .split("/")
            .slice(0, s.startsWith("@") ? 2 : 1)
            .join("/"),
        )
      out.push({ path: relative(ROOT, full), text, local, external })
    }
  return out
}

const FILES = sourceFiles()
const isTest = (path: string): boolean =>
  /\.(test|bench|contract)\.tsx?$/.test(path) ||
  /(^|\/)(test|bench|testing)\//.test(path) ||
  /\/fake-|\/pcap-oracle/.test(path)
const PRODUCT = FILES.filter((file) => !isTest(file.path))
const topOf = (path: string): string => path.split("/")[0]!
const stageOf = (path: string): string => (path.split("/").length > 2 ? path.split("/")[1]! : "")

/** For each stage, the stages of the same program that it may import (its own always). */
const SENSOR: Readonly<Record<string, readonly string[]>> = {
  capture: [],
  decode: ["capture"],
  defrag: ["capture", "decode"],
  duplicates: ["capture", "decode", "defrag"],
  flow: ["capture", "decode", "defrag"],
  tcp: ["capture", "decode", "defrag", "flow"],
  tls: ["capture", "decode", "defrag", "flow", "tcp"],
  http: ["capture", "decode", "defrag", "flow", "tcp", "tls"],
  summary: ["capture", "decode", "defrag", "flow", "tcp", "tls", "http"],
  publish: [],
  daemon: [],
  "key-input": [],
  // Looks at a mirror beside the path: up to TCP's words and limits, never at what comes after.
  doctor: ["capture", "decode", "defrag", "flow", "tcp"],
  // Beside the path, too: drives the real stages with what no wire would carry.
  fuzz: ["capture", "decode", "defrag", "flow", "tcp", "tls", "http", "summary", "publish", "doctor", "test"],
}
const COLLECTOR: Readonly<Record<string, readonly string[]>> = {
  consume: ["inventory", "store"],
  inventory: ["store", "consume", "consumer"],
  consumer: ["store", "inventory"],
  baseline: ["inventory", "consumer", "store"],
  detect: ["inventory", "consumer", "baseline", "store"],
  // What is told of exchanges as they are applied is committed with them: inventory/watcher.ts is its door.
  incident: ["inventory", "consumer", "baseline", "detect", "store"],
  analysis: ["inventory", "consumer", "baseline", "detect", "incident", "store"],
  notify: ["store"],
  // Beside the path: keys of whoever connects.
  credentials: ["consume"],
  store: [],
  api: ["store", "inventory", "consumer", "detect", "incident", "analysis", "notify"],
  web: [],
  simulate: [],
  // Judges what the others do, from beside the path: nothing of theirs imports it.
  eval: [
    "inventory",
    "consumer",
    "consume",
    "store",
    "api",
    "test",
    "analysis",
    "baseline",
    "detect",
    "incident",
    "simulate",
  ],
}

test("sensor and collector never import each other, but for collector/cli and eval through sensor/index", () => {
  const wrong = PRODUCT.flatMap((file) =>
    file.local
      .filter((to) => {
        const [a, b] = [topOf(file.path), topOf(to)]
        if (a === b || b === "shared") return false
        // The packages' manual pages are made from both programs' declarations.
        if (a === "deploy") return file.path !== "deploy/debian/programs.ts"
        return !(/^collector\/(cli\.ts$|eval\/)/.test(file.path) && to === "sensor/index.ts")
      })
      .map((to) => `${file.path} imports ${to}`),
  )
  assert.deepEqual(wrong, [])
})

test("each stage imports only the stages that its place in the packet's path allows", () => {
  const wrong = PRODUCT.flatMap((file) => {
    const rules = topOf(file.path) === "sensor" ? SENSOR : topOf(file.path) === "collector" ? COLLECTOR : null
    const stage = stageOf(file.path)
    if (rules === null || stage === "") return []
    const allowed = rules[stage]
    assert.ok(allowed !== undefined, `${file.path}: the folder ${stage} has no place in the rules`)
    return file.local
      .filter(
        (to) =>
          topOf(to) === topOf(file.path) &&
          stageOf(to) !== "" &&
          stageOf(to) !== stage &&
          !allowed.includes(stageOf(to)),
      )
      .map((to) => `${file.path} imports ${to}`)
  })
  assert.deepEqual(wrong, [])
})

test("only pipeline, protocols, index, cli, ledger and the settings know all the stages", () => {
  const wrong = PRODUCT.filter(
    (file) =>
      file.path.split("/").length === 2 &&
      !/\/(pipeline|protocols|cli|main|index|ledger|config|stage-options)\.ts$/.test(file.path),
  ).filter((file) => new Set(file.local.map(stageOf).filter((stage) => stage !== "")).size > 3)
  assert.deepEqual(
    wrong.map((file) => file.path),
    [],
  )
})

test("an external library has one owner file in each program, or one owner folder where it is a framework", () => {
  const frameworks: Readonly<Record<string, string>> = { preact: "collector/web/", typebox: "collector/api/" }
  const owners = new Map<string, Set<string>>()
  for (const file of PRODUCT)
    for (const library of file.external) {
      const folder = frameworks[library]
      const owner = folder !== undefined && file.path.startsWith(folder) ? folder : file.path
      const key = `${library} in ${topOf(file.path)}`
      owners.set(key, (owners.get(key) ?? new Set()).add(owner))
    }
  const wrong = [...owners]
    .filter(([, files]) => files.size > 1)
    .map(([key, files]) => `${key}: ${[...files].join(", ")}`)
  assert.deepEqual(wrong, [])
})

test("no file is long enough to hide a second concept", () => {
  const wrong = FILES.map((file) => [file.path, file.text.split("\n").length - 1] as const)
    .filter(([path, lines]) => lines > (isTest(path) ? TEST_LINES_MAX : LINES_MAX))
    .map(([path, lines]) => `${path}: ${lines} lines`)
  assert.deepEqual(wrong, [])
})

test("event time: no wall clock and no timer between capture and publish, consume and store", () => {
  const clockless =
    /^(sensor\/(decode|defrag|duplicates|flow|tcp|tls|http|summary)|collector\/(inventory|consumer|baseline|detect)|shared\/(event|bytes))\//
  const wrong = PRODUCT.filter((file) => clockless.test(file.path)).filter((file) =>
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bsetTimeout\b|\bsetInterval\b|\bhrtime\b|\bMath\.random\b/.test(
      file.text,
    ),
  )
  assert.deepEqual(
    wrong.map((file) => file.path),
    [],
  )
})

test("only the command line reads arguments, environment and signals", () => {
  const wrong = PRODUCT.filter(
    (file) => topOf(file.path) !== "deploy" && !/\/(main|cli)\.ts$|\/web\//.test(file.path),
  ).filter((file) => /\bprocess\.(env|argv|on|once|exit)\b/.test(file.text))
  assert.deepEqual(
    wrong.map((file) => file.path),
    [],
  )
})

test("nothing is left unfinished, skipped or focused", () => {
  const unfinished = new RegExp(
    ["\\bTO", "DO\\b|\\bFIX", "ME\\b|\\b(?:it|test|describe)\\.(?:skip|on", "ly|todo)\\b"].join(""),
  )
  const wrong = FILES.filter((file) => unfinished.test(file.text)).map((file) => file.path)
  assert.deepEqual(wrong, [])
})

test("what is done for each test of a file is done for no other: all files run together", () => {
  const wrong = FILES.filter(({ path, text }) => /\.test\.ts$/.test(path) && /^(?:before|after)Each\(/m.test(text))
  assert.deepEqual(
    wrong.map(({ path }) => path),
    [],
  )
})

test("reading a capture loads nothing that takes longer than reading a small one", () => {
  const texts = new Map(FILES.map((file) => [file.path, file.text]))
  const loaded = new Map<string, string>()
  const visit = (specifier: string, by: string): void => {
    if (loaded.has(specifier)) return
    loaded.set(specifier, by)
    for (const [, from] of (texts.get(specifier) ?? "").matchAll(/^(?:import|export)\s(?!type\b)[^"]*?"([^"]+)"/gm))
      visit(from!.startsWith(".") ? relative(ROOT, resolve(ROOT, dirname(specifier), from!)) : from!, specifier)
  }
  visit("sensor/cli.ts", "")
  assert.ok(loaded.has("sensor/http/llhttp.ts") && loaded.has("node:fs"))
  const heavy =
    /^(?:node:(?:https?|http2|tls|worker_threads|child_process|inspector)|pino|smol-toml|fastify|@nats-io\/.*)$/
  const wrong = [...loaded].filter(([specifier]) => heavy.test(specifier)).map(([to, by]) => `${by} imports ${to}`)
  assert.deepEqual(wrong, [])
})

test("every folder with a concept explains itself", () => {
  const folders = new Set(
    PRODUCT.filter((file) => /^(sensor|collector)\//.test(file.path) && stageOf(file.path) !== "").map(
      (file) => `${topOf(file.path)}/${stageOf(file.path)}`,
    ),
  )
  const missing = [...folders].filter((folder) => {
    try {
      return readFileSync(join(ROOT, folder, "README.md"), "utf8").length < 100
    } catch {
      return true
    }
  })
  assert.deepEqual(missing, [])
})
