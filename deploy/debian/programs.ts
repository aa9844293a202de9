// The two programs as packages: what each holds, installs, and does at installation and removal.
import { backtestCommand } from "../../collector/backtest-options.ts"
import { backupCommand, checkCommand, restoreCommand } from "../../collector/backup-options.ts"
import { configCommand, RUN_OPTIONS, runCommand } from "../../collector/config.ts"
import { natsCommand } from "../../collector/credentials/options.ts"
import { notifyCommand } from "../../collector/notify-options.ts"
import { openapiCommand } from "../../collector/openapi-options.ts"
import { simulateCommand } from "../../collector/simulate/options.ts"
import { statusCommand } from "../../collector/status-options.ts"
import { tokenCommand } from "../../collector/token-options.ts"
import { CONFIG, KEYGEN, READ, RUN } from "../../sensor/config.ts"
import { STATUS } from "../../sensor/daemon/status-options.ts"
import { DOCTOR } from "../../sensor/doctor/options.ts"
import { EMBEDDED_OPTIONS } from "../../sensor/index.ts"
import type { Program } from "./manual.ts"

export interface PackagedProgram extends Program {
  /** Sources from which imports are followed; folders that no import names; packages that are loaded by a name made up at run time. */
  readonly entries: readonly string[]
  readonly folders: readonly string[]
  readonly packages: readonly string[]
  /** Packages whose code is in the folders. */
  readonly bundled: readonly string[]
  readonly user: string
  /** Files of deploy/systemd: units, and the configuration with its mode. */
  readonly units: readonly string[]
  readonly configuration: string
  /** "root:GROUP MODE": a unit that reads the file itself does so as its group. */
  readonly configurationOwner: string
  readonly configurationMode: string
  readonly state: string
  /** Patterns of the units that an upgrade restarts, a space between. */
  readonly running: string
  readonly suggests: string
  readonly description: string
}

const COLLECTOR = { ...RUN_OPTIONS, ...EMBEDDED_OPTIONS }

/** Started as a process of its own. */
const LIBPCAP = "sensor/capture/libpcap-child/main.ts"

const REASON =
  "The runtime, Node 24, is inside: Debian 12 has Node 18, which cannot read\n" +
  " the sources as they are, and what runs here is what was tested."

export const PROGRAMS: readonly PackagedProgram[] = [
  {
    name: "sonde-sensor",
    about: "passive API sensor",
    sentence: "Passive API sensor: HTTP exchanges from packets, published as compact events.",
    commands: [READ, RUN, STATUS, DOCTOR, CONFIG, KEYGEN],
    entries: ["package.json", "sensor/main.ts", "sensor/main.js", "sensor/cli.ts", LIBPCAP],
    folders: [],
    packages: ["undici"],
    bundled: [],
    user: "sonde-sensor",
    units: ["sonde-sensor@.service", "sonde-sensor.service"],
    configuration: "sensor.toml",
    configurationOwner: "root:sonde-sensor",
    configurationMode: "0640",
    state: "/var/lib/sonde/sensor",
    running: "sonde-sensor@*.service sonde-sensor.service",
    suggests: "sonde-collector, tcpdump, ethtool",
    files: [
      ["/etc/sonde/sensor.toml", "Configuration of the sensors of this host."],
      ["/etc/sonde/sensor-GROUP.env", "Variables of the unit sonde-sensor@GROUP."],
      ["/etc/sonde/pseudonym.key", "Key of the pseudonyms, mode 0600; sonde-sensor keygen makes it."],
      ["/var/lib/sonde/sensor", "Spools: batches that the server has not acknowledged."],
      ["/run/sonde", "Status files that sonde-sensor status reads."],
    ],
    seeAlso: ["sonde-collector(8)", "systemctl(1)", "tcpdump(8)", "/usr/share/doc/sonde-sensor"],
    description: `passive API sensor\n Watches mirror ports, taps and packet brokers, puts HTTP exchanges back\n together and publishes compact events without payload to NATS.\n .\n ${REASON}`,
  },
  {
    name: "sonde-collector",
    about: "inventory of APIs, baselines of their consumers, incidents",
    sentence: "Collects API events from sensors: an inventory of every API and of who uses it, served over HTTP.",
    commands: [
      runCommand(COLLECTOR),
      statusCommand,
      tokenCommand,
      backupCommand,
      restoreCommand,
      checkCommand,
      configCommand(COLLECTOR),
      openapiCommand,
      backtestCommand,
      notifyCommand,
      natsCommand,
      simulateCommand,
    ],
    entries: ["package.json", "collector/main.ts", "collector/main.js", "collector/cli.ts", LIBPCAP],
    folders: ["collector/web/dist"],
    packages: ["undici"],
    bundled: ["preact", "uplot"],
    user: "sonde-collector",
    units: ["sonde-collector.service"],
    configuration: "collector.toml",
    configurationOwner: "root:root",
    configurationMode: "0600",
    state: "/var/lib/sonde/collector",
    running: "sonde-collector.service",
    suggests: "nats-server, sonde-sensor",
    files: [
      ["/etc/sonde/collector.toml", "Configuration, mode 0600."],
      ["/etc/sonde/nats", "Credentials of sensors and collector that sonde-collector nats makes."],
      ["/var/lib/sonde/collector", "The store, access tokens as hashes."],
    ],
    seeAlso: ["sonde-sensor(8)", "nats-server(8)", "systemctl(1)", "/usr/share/doc/sonde-collector"],
    description: `inventory of APIs and baselines of their consumers\n Collects the events of Sonde's sensors, keeps an inventory of every API\n and of who uses it, and raises the few incidents that are worth a\n person's time. Serves an API and a console over HTTP.\n .\n ${REASON}`,
  },
]

/** DEBIAN/control. `bytes`: installed size. */
export function controlOf(program: PackagedProgram, version: string, architecture: string, bytes: number): string {
  return `Package: ${program.name}
Version: ${version}
Architecture: ${architecture}
Maintainer: Sonde maintainers <maintainers@sonde.example>
Installed-Size: ${Math.ceil(bytes / 1024)}
Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1, systemd, procps
Suggests: ${program.suggests}
Section: net
Priority: optional
Description: ${program.description}
`
}

/** Maintainer scripts. In another root (DPKG_ROOT) services are nobody's concern. */
export function scriptsOf(program: PackagedProgram): Readonly<Record<string, string>> {
  const { name, configuration, configurationMode, configurationOwner, running, state, user } = program
  const isLive = `[ -z "\${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]`
  const units = running
    .split(" ")
    .map((unit) => `'${unit}'`)
    .join(" ")
  return {
    postinst: `#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
if command -v systemd-sysusers >/dev/null; then
  systemd-sysusers \${DPKG_ROOT:+--root="$DPKG_ROOT"} ${name}.conf
fi
# Only at the first installation: what an administrator set later stays.
if [ -z "$2" ]; then
  [ ! -e "\${DPKG_ROOT:-}/etc/sonde/${configuration}" ] ||
    chmod ${configurationMode} "\${DPKG_ROOT:-}/etc/sonde/${configuration}"
  install -d -m 0755 "\${DPKG_ROOT:-}/var/lib/sonde"
  install -d -m 0700 "\${DPKG_ROOT:-}${state}"
  if [ -z "\${DPKG_ROOT:-}" ]; then
    [ ! -e /etc/sonde/${configuration} ] || chown ${configurationOwner} /etc/sonde/${configuration}
    chown ${user}:${user} ${state}
  fi
  echo "${name}: installed, nothing is started; next: /usr/share/doc/${name}/install.md"
fi
if ${isLive}; then
  systemctl daemon-reload
  # Nothing is started that nobody has configured; what ran before an upgrade goes on with the new version.
  [ -z "$2" ] || systemctl try-restart ${units} || true
fi
`,
    prerm: `#!/bin/sh
set -e
if [ "$1" = remove ] && ${isLive}; then
  systemctl stop ${units} || true
fi
# Compiled sources that the programs keep when root starts them.
rm -rf "\${DPKG_ROOT:-}/usr/lib/${name}/node_modules/.cache"
`,
    postrm: `#!/bin/sh
set -e
# Only people can make keys and credentials again: those in /etc/sonde stay.
if [ "$1" = purge ]; then
  rm -rf "\${DPKG_ROOT:-}${state}"
  for unit in ${running}; do rm -f "\${DPKG_ROOT:-}/etc/systemd/system/multi-user.target.wants/"$unit; done
  for folder in /var/lib/sonde /etc/sonde; do
    [ ! -d "\${DPKG_ROOT:-}$folder" ] || rmdir --ignore-fail-on-non-empty "\${DPKG_ROOT:-}$folder"
  done
fi
if ${isLive}; then
  systemctl daemon-reload
fi
`,
  }
}
