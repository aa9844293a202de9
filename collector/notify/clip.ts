// Text that may be anything (names come from the wire), made fit for a message.

/** At most `most` UTF-16 units, whole characters, no lone surrogates; what was cut is marked. */
export function clip(text: string, most: number): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed()
  if (whole.length <= most) return whole
  const end = most - 1
  // Not between the halves of a pair.
  const isHalf = (whole.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return `${whole.slice(0, isHalf ? end - 1 : end)}…`
}

/** The longest of these texts that takes at most `bytes` in UTF-8: `render` is asked for shorter and shorter parts. */
export function fit(render: (lettersMax: number) => string, bytes: number): string {
  let text = ""
  for (const most of [4000, 2000, 1000, 500, 250, 120, 60, 24]) {
    text = render(most)
    if (Buffer.byteLength(text) <= bytes) return text
  }
  return text
}
