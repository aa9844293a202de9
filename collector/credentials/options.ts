// Options of `sonde-collector nats`, declared once.
import { isUserKey } from "../../shared/bus/nkey.ts"
import type { Command } from "../../shared/config/help.ts"
import type { Options } from "../../shared/config/options.ts"
import { isSubjectToken } from "../../shared/event/subjects.ts"

const token = (text: string): string | null =>
  isSubjectToken(text) ? null : 'letters, digits, "-" and "_", at most 64 of them'

export const NATS_OPTIONS = {
  dir: { kind: "text", sentence: "Folder of the credentials.", default: "/etc/sonde/nats", placeholder: "DIR" },
  tenant: {
    kind: "text",
    sentence: "add-sensor: tenant of the sensor.",
    default: "default",
    placeholder: "NAME",
    check: token,
  },
  public: {
    kind: "text",
    sentence:
      "add-sensor, rotate: public key that sonde-sensor keygen --nats printed; its seed never leaves that host.",
    default: "",
    placeholder: "KEY",
    check: (text) => (text === "" || isUserKey(text) ? null : 'the public key of a user ("U" and 55 letters)'),
  },
  former: { kind: "flag", sentence: "revoke: only the key that rotate replaced.", default: false },
  durable: {
    kind: "text",
    sentence: "init: the collector's --durable, the only consumer that its credential may touch.",
    default: "sonde-collector",
    placeholder: "NAME",
    check: token,
  },
} as const satisfies Options

export const natsCommand: Command & { readonly options: typeof NATS_OPTIONS } = {
  name: "nats",
  operands: "init | add-sensor NAME... | rotate NAME | revoke NAME | list | config",
  sentence:
    "Makes and ends the credentials (nkeys) with which sensors and the collector connect to NATS, and writes the accounts that nats-server includes. init makes the collector's; add-sensor one that may publish as NAME and nothing else (as more sensors of a host, too); rotate makes a new key beside the present one; revoke ends a credential, with --former the key that was replaced; list shows them; config writes and prints the server's part again.",
  options: NATS_OPTIONS,
}
