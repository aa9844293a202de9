// npm run package: sonde-sensor and sonde-collector as Debian packages, byte for byte the same from the same commit.
//
// In:  a checkout with its packages and console (setup.sh run).   Out: build/*.deb and their bills of materials.
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
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
import { join, relative, resolve } from "node:path"
import { parseArgs } from "node:util"
import { gzipSync } from "node:zlib"
import { VERSION } from "../../shared/config/version.ts"
import { closureOf, copyFiles, copyPackages, filesOf, type PackedPackage, sourcesOf } from "./contents.ts"
import { bashCompletion, manualPage, overviewOfProgram, zshCompletion } from "./manual.ts"
import { billOfMaterials, copyright, licenceFaults } from "./papers.ts"
import { controlOf, type PackagedProgram, PROGRAMS, scriptsOf } from "./programs.ts"

const ROOT = resolve(import.meta.dirname, "../..")
/** Built where it is wanted; the addon stands in for it. */
const NOT_PACKED: ReadonlySet<string> = new Set(["cap"])
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" }

const USAGE = `usage: npm run package -- [--out DIR] [--only NAME] [--version VERSION] [--level N]

Builds sonde-sensor and sonde-collector as Debian packages for this machine's processor.

  --out DIR          where they go [build]
  --only NAME        the one whose name holds this
  --version VERSION  [${VERSION}]
  --level N          how hard zstd tries, 1 to 19 [10]
`

/** The capture addon of this processor. */
const ADDON = `sensor/capture/native/prebuilt/af-packet-linux-${process.arch}.node`

/** The user's mistake, or the machine's: one sentence. */
class BuildError extends Error {}

/** Time of the last commit, or of the sources' archive where there is no repository, s. */
function epoch(): number {
  const given = process.env.SOURCE_DATE_EPOCH
  if (given !== undefined && !/^\d{1,11}$/.test(given))
    throw new BuildError(`SOURCE_DATE_EPOCH takes seconds since 1970, not "${given}".`)
  if (given !== undefined) return Number(given)
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

/** A command of the program that has no place in its manual. */
function refuseForgotten(program: PackagedProgram): void {
  const help = execFileSync(join(ROOT, "deploy/bin", program.name), ["--help"], { encoding: "utf8" })
  if (help !== overviewOfProgram(program))
    throw new BuildError(`${program.name} --help and deploy/debian/programs.ts do not name the same commands.`)
}

function packOne(program: PackagedProgram, out: string, version: string, seconds: number, level: string): string {
  const architecture = ARCHITECTURES[process.arch]!
  refuseForgotten(program)
  const tree = mkdtempSync(join(tmpdir(), "sonde-package-"))
  try {
    const home = join(tree, "usr/lib", program.name)
    const sources = sourcesOf(ROOT, program.entries)
    copyFiles(ROOT, [...sources.files, ...program.folders.flatMap((folder) => filesOf(ROOT, folder)), ADDON], home)
    const packages = closureOf(
      ROOT,
      [...sources.packages, ...program.packages].filter((name) => !NOT_PACKED.has(name)),
    )
    const faults = licenceFaults(packages)
    if (faults.length > 0) throw new BuildError(faults.join(" "))
    write(join(home, "package.json"), projectOf(version))
    copyPackages(ROOT, packages, home)
    copyFileSync(join(ROOT, "node_modules/.bin/node"), join(home, "node"))
    // The runtime is a package of the lock file, too.
    const parts = [...packages, ...closureOf(ROOT, [...program.bundled, `node-linux-${process.arch}`])]
    addFiles(program, tree, parts, version, seconds)
    settleTree(tree, seconds)
    const bytes = sizeOf(tree)
    write(join(tree, "DEBIAN/md5sums"), checksums(tree))
    write(join(tree, "DEBIAN/control"), controlOf(program, version, architecture, bytes))
    write(join(tree, "DEBIAN/conffiles"), `/etc/sonde/${program.configuration}\n`)
    for (const [name, text] of Object.entries(scriptsOf(program))) write(join(tree, "DEBIAN", name), text, 0o755)
    settleTree(join(tree, "DEBIAN"), seconds)
    const file = join(out, `${program.name}_${version}_${architecture}.deb`)
    // One thread: how many there are shows in the archive. Level 10 takes a seventh of the time of 15 for one percent more.
    execFileSync("dpkg-deb", ["--root-owner-group", "-Zzstd", `-z${level}`, "--threads-max=1", "--build", tree, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
      stdio: "pipe",
    })
    write(join(out, `${program.name}_${version}.cdx.json`), billOfMaterials(program.name, version, parts))
    return file
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

/** What the programs read of package.json: the version, which may be another than the checkout's. */
function projectOf(version: string): string {
  const project = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Readonly<Record<string, unknown>>
  const { name, description, license, type } = project
  return `${JSON.stringify({ name, version, description, license, type }, null, 2)}\n`
}

function addFiles(
  program: PackagedProgram,
  tree: string,
  packages: readonly PackedPackage[],
  version: string,
  seconds: number,
): void {
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
  write(join(tree, "usr/share/man/man8", `${name}.8.gz`), gzipSync(manualPage(program, version, date), { level: 9 }))
  write(join(tree, "usr/share/bash-completion/completions", name), bashCompletion(program))
  write(join(tree, "usr/share/zsh/vendor-completions", `_${name}`), zshCompletion(program))
  const papers = join(tree, "usr/share/doc", name)
  write(join(papers, "copyright"), copyright(ROOT, packages))
  write(join(papers, "changelog.gz"), gzipSync(readFileSync(join(ROOT, "CHANGELOG.md")), { level: 9 }))
  write(join(papers, "bill-of-materials.cdx.json"), billOfMaterials(name, version, packages))
  for (const page of readdirSync(join(ROOT, "deploy/docs"))) write(join(papers, page), source(`docs/${page}`))
  if (name === "sonde-sensor") copyFileSync(join(ROOT, "deploy/demo/demo.pcap"), join(papers, "demo.pcap"))
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

/** As dpkg keeps them: dpkg --verify compares. */
function checksums(tree: string): string {
  const sum = (path: string): string => createHash("md5").update(readFileSync(path)).digest("hex")
  return readdirSync(tree, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${sum(path)}  ${relative(tree, path)}\n`)
    .join("")
}

function build(): void {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: join(ROOT, "build") },
      only: { type: "string", default: "" },
      version: { type: "string", default: VERSION },
      level: { type: "string", default: "10" },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  const { version, only, level } = values
  if (!/^([1-9]|1\d)$/.test(level)) throw new BuildError("--level takes 1 to 19.")
  if (!/^\d[A-Za-z0-9.+~]*$/.test(version))
    throw new BuildError(`--version takes a digit, then letters, digits, ".", "+" and "~", not "${version}".`)
  const programs = PROGRAMS.filter(({ name }) => name.includes(only))
  if (programs.length === 0)
    throw new BuildError(`--only ${only}: there are ${PROGRAMS.map(({ name }) => name).join(", ")}.`)
  mkdirSync(values.out, { recursive: true })
  const seconds = epoch()
  for (const program of programs) {
    const path = packOne(program, values.out, version, seconds, level)
    const sum = createHash("sha256").update(readFileSync(path)).digest("hex")
    process.stdout.write(`${sum}  ${relative(process.cwd(), path)}\n`)
  }
}

try {
  build()
} catch (error) {
  const { code, message, syscall } = error as NodeJS.ErrnoException
  const isMissing = code === "ENOENT" && syscall === "spawnSync dpkg-deb"
  if (!(error instanceof BuildError) && !isMissing && !code?.startsWith("ERR_PARSE_ARGS")) throw error
  process.stderr.write(`package: ${isMissing ? "dpkg-deb is missing: packages are built on Debian." : message}\n`)
  process.exitCode = 2
}
