// The user in an NTLM message, bare or wrapped by Negotiate. The challenge response in it is not looked at.
//
//   "NTLMSSP\0"  type (1 negotiate, 2 challenge, 3 authenticate)  ...  of type 3: length, maximum, offset of domain (28) and user (36)
//
// In:  the decoded bytes.   Out: "DOMAIN\user" in lower case; "" when the message names nobody. MS-NLMP section 2.2.1.3.

const SIGNATURE = Buffer.from("NTLMSSP\0", "latin1")
const AUTHENTICATE = 3
const DOMAIN_AT = 28
const USER_AT = 36
const FLAGS_AT = 60
const UNICODE = 1
const NAME_BYTES_MAX = 256

export function ntlmUser(bytes: Buffer): string {
  const start = bytes.indexOf(SIGNATURE)
  if (start < 0 || bytes.length < start + FLAGS_AT + 4 || bytes.readUInt32LE(start + 8) !== AUTHENTICATE) return ""
  const isUnicode = (bytes.readUInt32LE(start + FLAGS_AT) & UNICODE) !== 0
  const nameAt = (at: number): string => {
    const length = bytes.readUInt16LE(start + at)
    const from = start + bytes.readUInt32LE(start + at + 4)
    if (length > NAME_BYTES_MAX || from + length > bytes.length) return ""
    return bytes.toString(isUnicode ? "utf16le" : "latin1", from, from + length)
  }
  const user = nameAt(USER_AT)
  return user === "" ? "" : `${nameAt(DOMAIN_AT)}\\${user}`.toLowerCase()
}
