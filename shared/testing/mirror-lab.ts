// A small network to watch: a real nginx and real clients in namespaces of their own, and a port that sees all of it.
//
//   client ns --c0---+                 +---s0-- server ns (nginx)
//                    |   bridge ns     |
//                    +---- br0 --------+        ageing 0: the bridge forgets every address at once and floods each frame
//                           |                   to every port, as a SPAN session copies it
//                         mirror0  tap ns (sensor; no address)         mirror1: a second port there, beside the bridge
//
// `vxlan`: client and server talk through VXLAN devices of the kernel, so that the mirror carries a tunnel.
// Linux and root; everything is removed by `stop`.
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const CLIENT = "10.77.0.1"
const SERVER = "10.77.0.2"
const TAP = "10.77.0.3"
const INNER_CLIENT = "10.88.0.1"
const INNER_SERVER = "10.88.0.2"
const VNI = 42

let labs = 0

export interface LabOptions {
  /** Talk through VXLAN, network identifier 42. */
  readonly vxlan?: boolean
  /** Segments of at most one MTU, as a hardware mirror shows them; otherwise the kernel hands on super-frames. */
  readonly offloads?: boolean
}

export class MirrorLab {
  /** Interface that the mirror arrives on, in the namespace `tap`, and a second one that only `replaySplit` feeds. */
  readonly port = "mirror0"
  readonly secondPort = "mirror1"
  readonly tap: string
  /** Where the server answers, as the client calls it. */
  readonly url: string
  readonly folder: string
  readonly #client: string
  readonly #server: string
  readonly #bridge: string

  private constructor(options: LabOptions) {
    const id = `${process.pid}-${++labs}`
    this.#client = `sonde-client-${id}`
    this.#server = `sonde-server-${id}`
    this.#bridge = `sonde-bridge-${id}`
    this.tap = `sonde-tap-${id}`
    this.url = `http://${options.vxlan === true ? INNER_SERVER : SERVER}`
    this.folder = mkdtempSync(join(tmpdir(), "sonde-lab-"))
  }

  static start(options: LabOptions = {}): MirrorLab {
    const lab = new MirrorLab(options)
    try {
      lab.#wire(options)
      lab.#serve()
    } catch (error) {
      lab.stop()
      throw error
    }
    return lab
  }

  /** Runs a program of the client to its end; returns what it wrote. */
  client(program: string, args: readonly string[]): string {
    return execFileSync("ip", ["netns", "exec", this.#client, program, ...args], { encoding: "utf8" })
  }

  /** Starts a program where the mirror arrives. */
  atTap(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = process.env): ChildProcess {
    return spawn("ip", ["netns", "exec", this.tap, program, ...args], { env: environment })
  }

  /** Gives the mirror's port an address that the client reaches, as a cloud's mirror session wants; returns it. */
  addressPort(): string {
    ip("-n", this.tap, "addr", "add", `${TAP}/24`, "dev", this.port)
    return TAP
  }

  /** Changes the mirror's port, as in `ip -n TAP link set mirror0 ...`. */
  setPort(...args: readonly string[]): void {
    ip("-n", this.tap, "link", "set", this.port, ...args)
  }

  /** Sends a frame capture out of the bridge's side of the mirror port, as fast as it goes or at `rate` (tcpreplay's words). */
  replay(file: string, ...rate: readonly string[]): ChildProcess {
    return spawn("ip", ["netns", "exec", this.#bridge, "tcpreplay", "-q", "-i", "m0", ...rate, file])
  }

  /** Sends the clients' packets of a capture to the first port and the servers' to the second, as a tap shows its two lines. */
  replaySplit(file: string, ...rate: readonly string[]): ChildProcess {
    const cache = join(this.folder, "split.cache")
    execFileSync("tcpprep", ["--auto=client", `--pcap=${file}`, `--cachefile=${cache}`], { stdio: "ignore" })
    const split = ["-i", "m0", "-I", "m1", "-c", cache]
    return spawn("ip", ["netns", "exec", this.#bridge, "tcpreplay", "-q", ...split, ...rate, file])
  }

  /** Requests that nginx has logged. */
  get logged(): string[] {
    return readFileSync(join(this.folder, "access.log"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
  }

  stop(): void {
    try {
      process.kill(Number(readFileSync(join(this.folder, "nginx.pid"), "utf8")))
    } catch {
      // It never started.
    }
    for (const name of [this.#client, this.#server, this.tap, this.#bridge]) {
      try {
        execFileSync("ip", ["netns", "del", name], { stdio: "ignore" })
      } catch {
        // It was never made.
      }
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  #wire(options: LabOptions): void {
    for (const name of [this.#client, this.#server, this.tap, this.#bridge]) {
      ip("netns", "add", name)
      // Neighbour discovery would be traffic that nobody sent.
      const quiet = "for one in all default; do echo 1 >/proc/sys/net/ipv6/conf/$one/disable_ipv6; done"
      ip("netns", "exec", name, "sh", "-c", quiet)
    }
    ip(
      "-n",
      this.#bridge,
      "link",
      "add",
      "br0",
      "type",
      "bridge",
      "ageing_time",
      "0",
      "stp_state",
      "0",
      "mcast_snooping",
      "0",
    )
    for (const [near, far, namespace] of [
      ["c", "c0", this.#client],
      ["s", "s0", this.#server],
      ["m0", this.port, this.tap],
    ] as const) {
      ip("-n", this.#bridge, "link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace)
      ip("-n", this.#bridge, "link", "set", near, "master", "br0")
      if (options.offloads !== true)
        for (const [where, port] of [
          [namespace, far],
          [this.#bridge, near],
        ] as const)
          plain(where, port)
      ip("-n", this.#bridge, "link", "set", near, "up")
      ip("-n", namespace, "link", "set", far, "up")
      ip("-n", namespace, "link", "set", "lo", "up")
    }
    ip("-n", this.#bridge, "link", "add", "m1", "type", "veth", "peer", "name", this.secondPort, "netns", this.tap)
    for (const [where, port] of [
      [this.#bridge, "m1"],
      [this.tap, this.secondPort],
    ] as const) {
      plain(where, port)
      ip("-n", where, "link", "set", port, "up")
    }
    ip("-n", this.#bridge, "link", "set", "br0", "up")
    ip("-n", this.#client, "addr", "add", `${CLIENT}/24`, "dev", "c0")
    ip("-n", this.#server, "addr", "add", `${SERVER}/24`, "dev", "s0")
    if (options.vxlan !== true) return
    for (const [namespace, port, near, far, inner] of [
      [this.#client, "c0", CLIENT, SERVER, INNER_CLIENT],
      [this.#server, "s0", SERVER, CLIENT, INNER_SERVER],
    ] as const) {
      const tunnel = ["type", "vxlan", "id", String(VNI), "dev", port, "local", near, "remote", far, "dstport", "4789"]
      ip("-n", namespace, "link", "add", "vx0", ...tunnel)
      ip("-n", namespace, "addr", "add", `${inner}/24`, "dev", "vx0")
      if (options.offloads !== true) plain(namespace, "vx0")
      ip("-n", namespace, "link", "set", "vx0", "up")
    }
  }

  #serve(): void {
    mkdirSync(join(this.folder, "site"))
    for (const [name, rows] of [
      ["small", 2],
      ["large", 900],
    ] as const) {
      const items = Array.from({ length: rows }, (_, i) => ({ id: i * 7919, code: `P-${i}`, cost: i / 3 }))
      writeFileSync(join(this.folder, "site", `${name}.json`), JSON.stringify({ items }))
    }
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((kind) => `${kind}_temp_path ${this.folder}/${kind};`)
      .join(" ")
    writeFileSync(
      join(this.folder, "nginx.conf"),
      `user root; worker_processes 1; pid ${this.folder}/nginx.pid; error_log ${this.folder}/error.log;
       events { worker_connections 1024; }
       http { ${temporary} default_type application/json; types { } keepalive_requests 1000000;
         log_format one '$request_method $request_uri $status'; access_log ${this.folder}/access.log one;
         server { listen 80;
           location /site/ { alias ${this.folder}/site/; }
           location / { return 200 '{"path":"$uri","reference":"$request_id"}'; } } }`,
    )
    writeFileSync(join(this.folder, "access.log"), "")
    ip(
      "netns",
      "exec",
      this.#server,
      "nginx",
      "-e",
      join(this.folder, "error.log"),
      "-c",
      join(this.folder, "nginx.conf"),
    )
  }
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] })
}

/** Turns off what would put segments together before the mirror sees them. */
function plain(namespace: string, port: string): void {
  const off = ["tso", "gso", "gro", "tx", "rx", "sg"].flatMap((feature) => [feature, "off"])
  try {
    execFileSync("ip", ["netns", "exec", namespace, "ethtool", "-K", port, ...off], { stdio: "ignore" })
  } catch {
    // Some features are fixed on some devices; the rest was set.
  }
}
