// Patterns in which "*" stands for any text, compared without regard to case, in time that no pattern can blow up.

export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase()
  const given = text.toLowerCase()
  let at = 0
  let next = 0
  // Where to go on when a try fails: behind the last "*", one letter further in the text.
  let star = -1
  let retry = 0
  while (at < given.length) {
    if (next < wanted.length && wanted[next] === "*") {
      star = next++
      retry = at
    } else if (next < wanted.length && wanted[next] === given[at]) {
      next++
      at++
    } else if (star >= 0) {
      next = star + 1
      at = ++retry
    } else return false
  }
  while (next < wanted.length && wanted[next] === "*") next++
  return next === wanted.length
}

/** Letters of a pattern that stand for themselves: the more there are, the more it says. */
export function literalLength(pattern: string): number {
  return pattern.length - (pattern.match(/\*/g)?.length ?? 0)
}
