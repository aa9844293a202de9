// A bare Debian root for tests of packages, made of this machine's own: its essential packages and what they and `extra` need, and nothing else
// of it. No network. Root, on Debian.
//
// In:  dpkg's lists of files.   Out: a folder in which dpkg, a shell and systemd-sysusers work, with a database of just these packages.
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const PACKAGES_MAX = 400

const query = (format: string, ...names: readonly string[]): string =>
  execFileSync("dpkg-query", ["-W", `-f=${format}`, ...names], { encoding: "utf8", maxBuffer: 1 << 26 })

/** The essential packages, `extra`, and what they depend on: of alternatives the first that is installed. */
function packagesFor(extra: readonly string[]): string[] {
  const needs = new Map<string, string>()
  const provided = new Map<string, string>()
  const found = new Set<string>()
  const waiting = [...extra]
  const format = `\${Package}|\${Essential}|\${Pre-Depends}, \${Depends}|\${Provides}|\${db:Status-Status}\n`
  for (const line of query(format).split("\n")) {
    const [name = "", essential, depends = "", provides = "", status] = splitLine(line)
    if (name === "" || status !== "installed") continue
    needs.set(name, depends)
    for (const one of provides.split(",")) provided.set(one.trim().split(/[ (]/)[0]!, name)
    if (essential === "yes") waiting.push(name)
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name) || !needs.has(name) || found.size >= PACKAGES_MAX) continue
    found.add(name)
    for (const alternatives of needs.get(name)!.split(",")) {
      const names = alternatives.split("|").map((one) => one.trim().split(/[ (:]/)[0]!)
      const chosen = names.map((one) => (needs.has(one) ? one : provided.get(one))).find((one) => one !== undefined)
      if (chosen !== undefined) waiting.push(chosen)
    }
  }
  return [...found].sort()
}

/** The fields of a line of the query; dependencies have "|" in them, too. */
function splitLine(line: string): string[] {
  const first = line.split("|")
  if (first.length < 5) return []
  return [first[0]!, first[1]!, first.slice(2, -2).join("|"), first.at(-2)!, first.at(-1)!]
}

/** Makes the root in `folder`. */
export function makeBareRoot(folder: string, extra: readonly string[]): void {
  const packages = packagesFor(extra)
  for (const path of [
    "usr/bin",
    "usr/sbin",
    "usr/lib",
    "usr/lib64",
    "etc",
    "proc",
    "dev",
    "run",
    "tmp",
    "var/lib/dpkg/info",
    "var/log",
  ])
    mkdirSync(join(folder, path), { recursive: true })
  for (const name of ["bin", "sbin", "lib", "lib64"]) spawnSync("ln", ["-s", `usr/${name}`, join(folder, name)])
  const files = execFileSync("dpkg-query", ["-L", ...packages], { encoding: "utf8", maxBuffer: 1 << 28 })
    .split("\n")
    .filter((path) => /^\/(?!usr\/share\/(?:doc|man|locale|info|zoneinfo)\/)/.test(path) && existsSync(path))
  // Links such as /etc/alternatives are nobody's file.
  files.push("/etc/alternatives", "/etc/ld.so.conf.d")
  const list = [...new Set(files)].map((path) => path.slice(1)).join("\n")
  const pack = `tar --create --directory=/ --no-recursion --ignore-failed-read --verbatim-files-from --files-from=-`
  const copied = spawnSync(
    "sh",
    ["-c", `${pack} | tar --extract --keep-directory-symlink --directory="$1"`, "sh", folder],
    {
      input: list,
      encoding: "utf8",
    },
  )
  if (copied.status !== 0) throw new Error(copied.stderr)
  for (const path of ["etc/alternatives", "etc/ld.so.conf.d"])
    cpSync(`/${path}`, join(folder, path), { recursive: true, verbatimSymlinks: true })
  takeDatabase(folder, packages)
}

/** dpkg's own records of these packages, and the accounts that every Debian begins with. */
function takeDatabase(folder: string, packages: readonly string[]): void {
  const kept = new Set(packages)
  const stanzas = readFileSync("/var/lib/dpkg/status", "utf8").split("\n\n")
  const status = stanzas.filter((one) => kept.has(/^Package: (\S+)/.exec(one)?.[1] ?? ""))
  writeFileSync(join(folder, "var/lib/dpkg/status"), `${status.join("\n\n")}\n\n`)
  writeFileSync(join(folder, "var/lib/dpkg/available"), "")
  mkdirSync(join(folder, "var/lib/dpkg/updates"), { recursive: true })
  mkdirSync(join(folder, "var/lib/dpkg/triggers"), { recursive: true })
  for (const file of readdirSync("/var/lib/dpkg/info"))
    if (kept.has(file.replace(/(?::[a-z0-9]+)?\.[^.]+$/, "")))
      cpSync(`/var/lib/dpkg/info/${file}`, join(folder, "var/lib/dpkg/info", file))
  for (const [from, to] of [
    ["passwd.master", "passwd"],
    ["group.master", "group"],
  ] as const)
    cpSync(`/usr/share/base-passwd/${from}`, join(folder, "etc", to))
  chmodSync(join(folder, "tmp"), 0o1777)
}

/** Runs a script in the root, with namespaces of its own for mounts, processes and network. */
export function runInRoot(folder: string, script: string) {
  const outer = `mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" /bin/sh -ec "$2"`
  return spawnSync("unshare", ["--mount", "--pid", "--fork", "--net", "sh", "-ec", outer, "sh", folder, script], {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C.UTF-8" },
  })
}
