// A real systemd for tests of units: a manager of its own in namespaces of its own (processes, mounts, network, control
// groups), so that the machine's services, files, users and interfaces are neither seen nor changed. Linux, root, systemd.
//
//   /           read only                                  /etc         a copy on tmpfs: users and units are made there
//   /run, /tmp, /var/lib, /var/tmp, /opt   empty           /opt/sonde   this repository, read only
//   units       those of systemd, wanted by nobody         network      loopback, and eth1 <-> wire1
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as pause } from "node:timers/promises"

const ROOT = resolve(import.meta.dirname, "../..")
const START_MS = 20_000

/** What `unshare` runs. Targets that would start the machine's own services are empty here. */
const INIT = `set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/etc /run/nothing
cp -a /etc/. /run/etc/
mount --bind /run/etc /etc
for folder in /tmp /var/tmp /var/lib /opt; do mount -t tmpfs tmpfs $folder; done
# What the machine's own targets want must not start here: it cleans up, sets and mounts.
for folder in /lib/systemd/system/*.wants /usr/lib/systemd/system/*.wants /etc/systemd/system/*.wants; do
  [ ! -d "$folder" ] || mount --bind /run/nothing "$folder"
done
mkdir -p /opt/sonde
mount --bind ${ROOT} /opt/sonde
mount -o remount,bind,ro /opt/sonde
mount -o remount,bind,ro /
for target in sysinit basic network-online shutdown nest; do
  printf '[Unit]\\nDescription=empty\\nDefaultDependencies=no\\n' >/run/systemd/system/$target.target
done
# A unit of the manager sees its credentials by propagation.
mount --make-rshared /
umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up
for one in all default; do echo 1 >/proc/sys/net/ipv6/conf/$one/disable_ipv6; done
ip link add eth1 type veth peer name wire1
ip link set wire1 up
export container=sonde
exec /lib/systemd/systemd --system --unit=nest.target --log-target=console --log-level=info --show-status=0
`

/** Puts itself into a control group below the present one, which then is the root of the manager's. */
const ENTER = `set -eu
hierarchy=$(mktemp -d)
mount -t cgroup2 cgroup2 "$hierarchy"
mkdir "$hierarchy/$2"
echo $$ >"$hierarchy/$2/cgroup.procs"
umount "$hierarchy"
rmdir "$hierarchy"
exec unshare --cgroup --mount --pid --net --fork --kill-child --mount-proc sh "$1"
`

/** Removes the control groups that a manager leaves. */
const LEAVE = `hierarchy=$(mktemp -d)
mount -t cgroup2 cgroup2 "$hierarchy"
for _ in 1 2 3 4 5 6 7 8 9 10; do
  find "$hierarchy/$1" -depth -type d -exec rmdir {} ";" 2>/dev/null
  [ -d "$hierarchy/$1" ] || break
  sleep 0.1
done
umount "$hierarchy"
rmdir "$hierarchy"`

let nests = 0

export class SystemdNest {
  readonly folder: string
  readonly #child: ChildProcess
  readonly #group: string
  #pid = 0
  #output = ""

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "sonde-nest-"))
    const script = join(this.folder, "init.sh")
    writeFileSync(script, INIT)
    this.#group = `sonde-nest-${process.pid}-${++nests}`
    this.#child = spawn("unshare", ["--mount", "sh", "-c", ENTER, "sh", script, this.#group])
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on("data", (text) => {
        this.#output += text
      })
  }

  /** Null, and why, when this machine does not let a second manager run. */
  static async start(): Promise<SystemdNest | string> {
    const nest = new SystemdNest()
    const deadline = performance.now() + START_MS
    while (performance.now() < deadline && nest.#child.exitCode === null) {
      await pause(100)
      try {
        // Until the manager is there, the children are short-lived commands.
        nest.#pid = Number(readFileSync(`/proc/${nest.#child.pid}/task/${nest.#child.pid}/children`, "utf8").trim())
        if (nest.#pid > 0 && nest.run("systemctl", "is-active", "nest.target").trim() === "active") return nest
      } catch {
        // Not there yet.
      }
    }
    const why = nest.#output.trim()
    nest.stop()
    return why === "" ? "it did not come up" : why
  }

  /** What the manager has written. */
  get output(): string {
    return this.#output
  }

  /** Runs a command beside the manager; returns what it wrote, whatever its exit code. */
  run(program: string, ...args: readonly string[]): string {
    try {
      return execFileSync("nsenter", ["-t", String(this.#pid), "-m", "-p", "-n", program, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      })
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string }
      return `${stdout ?? ""}${stderr ?? ""}`
    }
  }

  /** Starts a command beside the manager. */
  spawn(program: string, ...args: readonly string[]): ChildProcess {
    return spawn("nsenter", ["-t", String(this.#pid), "-m", "-p", "-n", program, ...args])
  }

  /** Writes a file where the manager sees it. */
  write(path: string, text: string, mode = "0644"): void {
    execFileSync(
      "nsenter",
      [
        "-t",
        String(this.#pid),
        "-m",
        "sh",
        "-c",
        `mkdir -p "$(dirname ${path})" && cat >${path} && chmod ${mode} ${path}`,
      ],
      {
        input: text,
      },
    )
  }

  stop(): void {
    this.#child.kill("SIGKILL")
    if (this.#pid > 0)
      try {
        process.kill(this.#pid, "SIGKILL")
      } catch {
        // It went with its parent.
      }
    rmSync(this.folder, { recursive: true, force: true })
    spawnSync("unshare", ["--mount", "sh", "-c", LEAVE, "sh", this.#group])
  }
}
