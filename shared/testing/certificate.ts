// Test support: a certificate that signs itself, as openssl makes it.
import { execFileSync } from "node:child_process"

/** A certificate for 127.0.0.1 and its key, mode 0600, as PEM. */
export function makePair(certificate: string, key: string, name: string): void {
  const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-nodes"]
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", certificate, ...subject], {
    stdio: "ignore",
  })
}
