// npm run package: sonde-sensor and sonde-collector as Debian packages, byte for byte the same from the same commit.
//
// In:  a checkout with its packages and console (setup.sh run). Out: build/*.deb and their bills of materials; --out DIR, --only NAME.
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { gzipSync } from "node:zlib"
import { VERSION } from "../../shared/config/version.ts"
import { closureOf, copyFiles, copyPackages, filesOf, type PackedPackage, sourcesOf } from "./contents.ts"
import { bashCompletion, manualPage } from "./manual.ts"
import { billOfMaterials, copyright, licenceFaults } from "./papers.ts"
import { controlOf, type PackagedProgram, PROGRAMS, scriptsOf } from "./programs.ts"

const ROOT = resolve(import.meta.dirname, "../..")
/** Built where it is wanted; the addon stands in for it. */
const NOT_PACKED: ReadonlySet<string> = new Set(["cap"])
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" }

/** Time of the last commit, or of the sources' archive where there is no repository, s. */
function epoch(): number {
  if (process.env.SOURCE_DATE_EPOCH !== undefined) return Number(process.env.SOURCE_DATE_EPOCH)
  try {
    return Number(
      execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] }),
    )
  } catch {
    return Math.floor(statSync(join(ROOT, "CHANGELOG.md")).mtimeMs / 1000)
  }
}

const write = (path: string, text: string | Buffer, mode = 0o644): void => {
  mkdirSync(join(path, ".."), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

function packOne(program: PackagedProgram, out: string, seconds: number): string {
  const architecture = ARCHITECTURES[process.arch]!
  const tree = mkdtempSync(join(tmpdir(), "sonde-package-"))
  try {
    const home = join(tree, "usr/lib", program.name)
    const sources = sourcesOf(ROOT, program.entries)
    copyFiles(ROOT, [...sources.files, ...program.folders.flatMap((folder) => filesOf(ROOT, folder))], home)
    const packages = closureOf(
      ROOT,
      [...sources.packages, ...program.packages].filter((name) => !NOT_PACKED.has(name)),
    )
    const faults = licenceFaults(packages)
    if (faults.length > 0) throw new Error(faults.join(" "))
    copyPackages(ROOT, packages, home)
    copyFileSync(join(ROOT, "node_modules/.bin/node"), join(home, "node"))
    const runtime = runtimePackage()
    addFiles(program, tree, [...packages, runtime], seconds)
    settleTree(tree, seconds)
    const bytes = sizeOf(tree)
    write(join(tree, "DEBIAN/control"), controlOf(program, VERSION, architecture, bytes))
    write(join(tree, "DEBIAN/conffiles"), `/etc/sonde/${program.configuration}\n`)
    for (const [name, text] of Object.entries(scriptsOf(program))) write(join(tree, "DEBIAN", name), text, 0o755)
    settleTree(join(tree, "DEBIAN"), seconds)
    const file = join(out, `${program.name}_${VERSION}_${architecture}.deb`)
    execFileSync("dpkg-deb", ["--root-owner-group", "-Zzstd", "--threads-max=1", "--build", tree, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
      stdio: "pipe",
    })
    write(
      join(out, `${program.name}_${VERSION}.cdx.json`),
      billOfMaterials(program.name, VERSION, [...packages, runtime]),
    )
    return file
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

/** The runtime is a package of the lock file, too. */
function runtimePackage(): PackedPackage {
  const path = `node_modules/node-linux-${process.arch}`
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version: string; integrity?: string }>
  }
  const { version, integrity = "" } = lock.packages[path]!
  return { name: `node-linux-${process.arch}`, path, version, licence: "MIT", integrity }
}

function addFiles(program: PackagedProgram, tree: string, packages: readonly PackedPackage[], seconds: number): void {
  const { name } = program
  const source = (path: string): string => readFileSync(join(ROOT, "deploy", path), "utf8")
  const launcher = source(`bin/${name}`)
    .replace("from a checkout", "from its package")
    .replace(/^home=.*$/m, `home="$(dirname "$(dirname "$(readlink -f "$0")")")/lib/${name}"`)
    .replaceAll("$home/node_modules/.bin/node", "$home/node")
  write(join(tree, "usr/bin", name), launcher, 0o755)
  for (const unit of program.units)
    write(
      join(tree, "usr/lib/systemd/system", unit),
      source(`systemd/${unit}`).replaceAll("/opt/sonde/deploy/bin/", "/usr/bin/"),
    )
  const users = source("systemd/sonde.sysusers.conf")
    .split("\n")
    .filter((line) => !line.startsWith("u ") || line.startsWith(`u ${program.user} `))
  write(join(tree, "usr/lib/sysusers.d", `${name}.conf`), users.join("\n"))
  write(
    join(tree, "etc/sonde", program.configuration),
    source(`systemd/${program.configuration}`),
    Number.parseInt(program.configurationMode, 8),
  )
  const date = new Date(seconds * 1000).toISOString().slice(0, 10)
  write(join(tree, "usr/share/man/man8", `${name}.8.gz`), gzipSync(manualPage(program, VERSION, date), { level: 9 }))
  write(join(tree, "usr/share/bash-completion/completions", name), bashCompletion(program))
  const papers = join(tree, "usr/share/doc", name)
  write(join(papers, "copyright"), copyright(ROOT, packages))
  write(join(papers, "changelog.gz"), gzipSync(readFileSync(join(ROOT, "CHANGELOG.md")), { level: 9 }))
  write(join(papers, "bill-of-materials.cdx.json"), billOfMaterials(name, VERSION, packages))
  for (const page of readdirSync(join(ROOT, "deploy/docs"))) write(join(papers, page), source(`docs/${page}`))
  if (name === "sonde-collector")
    for (const folder of ["nats", "prometheus", "grafana"])
      for (const file of readdirSync(join(ROOT, "deploy", folder)))
        write(join(papers, folder, file), source(`${folder}/${file}`))
}

/** Modes and times that do not depend on who builds. */
function settleTree(folder: string, seconds: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) settleTree(path, seconds)
    else if (entry.isFile() && !path.includes("/etc/"))
      chmodSync(path, (statSync(path).mode & 0o111) !== 0 ? 0o755 : 0o644)
    lutimesSync(path, seconds, seconds)
  }
  chmodSync(folder, 0o755)
  lutimesSync(folder, seconds, seconds)
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

const { values } = parseArgs({
  options: { out: { type: "string", default: join(ROOT, "build") }, only: { type: "string", default: "" } },
})
mkdirSync(values.out, { recursive: true })
const seconds = epoch()
for (const program of PROGRAMS)
  if (program.name.includes(values.only)) process.stdout.write(`${packOne(program, values.out, seconds)}\n`)
