// The static table of RFC 7541, appendix A: entries 1 to 61.
export const STATIC_ENTRIES: readonly (readonly [string, string])[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ..."accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control"
    .split(" ")
    .map((name): [string, string] => [name, ""]),
  ..."content-disposition content-encoding content-language content-length content-location content-range content-type cookie"
    .split(" ")
    .map((name): [string, string] => [name, ""]),
  ..."date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified"
    .split(" ")
    .map((name): [string, string] => [name, ""]),
  ..."link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie"
    .split(" ")
    .map((name): [string, string] => [name, ""]),
  ..."strict-transport-security transfer-encoding user-agent vary via www-authenticate"
    .split(" ")
    .map((name): [string, string] => [name, ""]),
]
/** Index of the newest entry of the dynamic table. */
export const DYNAMIC_BASE: number = STATIC_ENTRIES.length + 1
