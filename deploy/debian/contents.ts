// What goes into a package: sources without their tests, the packages of the lock file that they import, the runtime.
//
// Nothing is listed by hand but what no import names (the addon, the console): imports are followed from a program's entries, and dependencies
// through the lock file.
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs"
import { dirname, join, relative, resolve } from "node:path"

const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+|new URL\(\s*|\)\()"([^"\n]+)"/g

interface LockedPackage {
  readonly version: string
  readonly license?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  /** Those for this processor are installed, the others are not. */
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
export interface PackedPackage {
  readonly name: string
  /** Folder under the repository. */
  readonly path: string
  readonly version: string
  readonly licence: string
  readonly integrity: string
  /** Paths of the packages that it uses. */
  readonly uses: readonly string[]
}

export interface Sources {
  /** Relative to the repository, sorted. */
  readonly files: readonly string[]
  /** npm packages that they import. */
  readonly packages: readonly string[]
}

/** The files that `entries` lead to by their imports, workers included. */
export function sourcesOf(root: string, entries: readonly string[]): Sources {
  const files = new Set<string>()
  const packages = new Set<string>()
  const follow = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    if (!/\.[jt]s$/.test(file)) return
    for (const [, name = ""] of readFileSync(join(root, file), "utf8").matchAll(IMPORT)) {
      if (name.startsWith("node:") || /^[a-z]+:\/\//.test(name)) continue
      if (!name.startsWith(".")) packages.add(/^(@[^/]+\/[^/]+|[^/]+)/.exec(name)![0])
      else if (/\.(ts|js|json)$/.test(name)) follow(relative(root, resolve(root, dirname(file), name)))
    }
  }
  for (const entry of entries) follow(entry)
  return { files: [...files].sort(), packages: [...packages].sort() }
}

/** Links stay links. */
export function copyFiles(root: string, files: readonly string[], target: string): void {
  for (const file of files) {
    mkdirSync(dirname(join(target, file)), { recursive: true })
    if (lstatSync(join(root, file)).isSymbolicLink()) symlinkSync(readlinkSync(join(root, file)), join(target, file))
    else copyFileSync(join(root, file), join(target, file))
  }
}

/** All files below a folder, relative to `root`. */
export function filesOf(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesOf(root, `${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  )
}

/** The packages and all that they depend on, as the lock file has them; those that are not installed (optional ones) are left out. */
export function closureOf(root: string, names: readonly string[]): readonly PackedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, LockedPackage>>
  }
  const found = new Map<string, PackedPackage>()
  const add = (name: string, from: string): void => {
    const path = placeOf(packages, name, from)
    if (path === null || found.has(path) || !existsSync(join(root, path))) return
    const { version, license = "", integrity = "", ...locked } = packages[path]!
    const wanted = { ...locked.dependencies, ...locked.optionalDependencies, ...locked.peerDependencies }
    const uses = Object.keys(wanted)
      .map((dependency) => placeOf(packages, dependency, path))
      .filter((place) => place !== null && existsSync(join(root, place)))
      .sort()
    found.set(path, { name, path, version, licence: license, integrity, uses: uses as string[] })
    for (const dependency of Object.keys(wanted)) add(dependency, path)
  }
  for (const name of names) add(name, "")
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Node's resolution: beside the one that asks, then further out. */
function placeOf(packages: Readonly<Record<string, LockedPackage>>, name: string, from: string): string | null {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = `${at === "" ? "" : `${at}/`}node_modules/${name}`
    if (path in packages) return path
    if (at === "") return null
  }
}

/** Without what only their developers need. */
export function copyPackages(root: string, packages: readonly PackedPackage[], target: string): void {
  const isOut = (path: string): boolean =>
    /\/\.[^/]+$/.test(path) ||
    /\.(md|markdown|map|ts|mts|cts|flow|c|h|cc|gyp)$/i.test(path) ||
    /^\/(test|tests|docs?|examples?|benchmarks?|\.github|test\.js|dist\/test\.js)$/i.test(path)
  for (const { path } of packages)
    cpSync(join(root, path), join(target, path), {
      recursive: true,
      dereference: true,
      filter: (source) => {
        const inside = source.slice(join(root, path).length)
        return inside === "" || !(isOut(inside) || inside.endsWith("/node_modules"))
      },
    })
}
