// One syslog message: RFC 5424.
//
//   <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG
//
// A MSG with anything beyond ASCII begins with the byte order mark that section 6.4 asks for; one of ASCII is the same in any encoding
// and needs none.

export interface SyslogFields {
  /** RFC 5424 table 1, 0 to 23. */
  readonly facility: number
  /** Table 2, 0 to 7. */
  readonly severity: number
  readonly atMs: number
  readonly host: string
  readonly app: string
  readonly proc: string
  readonly id: string
  readonly text: string
}

const BOM = "\ufeff"

export function syslogMessage({ facility, severity, atMs, host, app, proc, id, text }: SyslogFields): Buffer {
  const header = [
    `<${facility * 8 + severity}>1`,
    new Date(atMs).toISOString(),
    word(host, 255),
    word(app, 48),
    word(proc, 128),
    word(id, 32),
    "-",
  ].join(" ")
  const isAscii = /^[\0-\x7f]*$/.test(text)
  return Buffer.from(`${header} ${isAscii ? "" : BOM}${text}`)
}

/** RFC 6587 section 3.4.1 and RFC 5425 section 4.3: the length in octets, a space, the message. */
export function countOctets(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

/** PRINTUSASCII of at most `most` octets, "-" for nothing. */
function word(text: string, most: number): string {
  const clean = text.replace(/[^!-~]/g, "").slice(0, most)
  return clean === "" ? "-" : clean
}
