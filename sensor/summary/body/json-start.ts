// Where JSON begins that does not begin at once: behind a guard against being run as a script, or in the call of one (JSONP).
//
//   )]}',\n{...}      while(1);[...]      for(;;);{...}      /**/callback({...});

/** Bytes looked at. */
const LOOK_MAX = 128
const START =
  /^(?:\)\]\}'?,?|while\s*\(\s*(?:1|true)\s*\)\s*;|for\s*\(\s*;\s*;\s*\)\s*;|\{\}\s*&&|(?:\/\*.{0,64}?\*\/)?\s*(?:typeof\s[\w$. ='&]{0,64}&&\s*)?[A-Za-z_$][\w$.]{0,63}\s*\()\s*(?=[[{])/

/** Index of the first byte of the JSON text, or `start` when none is behind a guard. */
export function jsonStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d))) at++
  const first = bytes[at]
  const isGuard = first === 0x7b && bytes[at + 1] === 0x7d && at + 1 < end
  if (at >= end || ((first === 0x7b || first === 0x5b) && !isGuard) || first === 0x22) return start
  const length = Math.min(LOOK_MAX, end - at)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, length).latin1Slice()
  const found = START.exec(text)
  return found === null ? start : at + found[0].length
}
