// Segments of a path, and labels of a host, that read like a name and are an id or a secret: what the kinds of value-class.ts,
// which serve values of every sort, let pass as weak. In a path the doubt goes against the text.
//
// In:  the bytes of a weak value.   Out: whether it must not travel as text. Known prefixes of credentials; codes with digits that
// are not a trailing number (licence plates, account ids); groups of equal length (licence keys); letters that no
// language puts side by side; a long random run between marks. What reads like a word (a family name, a password that is one) is a
// word: `privacy.paths: strict` is for those.
import { classify, isStrong, Kind } from "../value-class.ts"

/** Begin credentials of well-known services. Lower case; compared without regard to case, so that hosts are covered too. */
const PREFIXES = (
  "akia asia abia acca aiza ya29. ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- xoxb- xoxp- xoxa- xoxs- xapp- sk_live_ " +
  "sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ whsec_ sk-ant- sk-proj- shpat_ shpss_ shppa_ npm_ pypi- dop_v1_ doo_v1_ hf_ " +
  "gocspx- dckr_pat_ glsa_ glc_ hvs. hvb. pmak- nrak- dapi ntn_ lin_api_ secret_ sq0atp- sq0csp- eaac pat- key- sg. v1.0-"
).split(" ")
/** Beyond the prefix: shorter is a word with a mark ("key-rates", "npm_tasks"). */
const TAIL_MIN = 12

/** Pairs of letters that words of languages in Latin letters hardly have. */
const RARE = new Uint8Array(26 * 26)
for (const pair of (
  "bq bx bz cj cv cx dx fq fx fz gq gx gz hq hx hz jb jc jd jf jg jh jj jk jl jm jn jp jq jr js jt jv jw jx jy jz kq kx kz lq lx mq " +
  "mx mz pq px pz qb qc qd qe qf qg qh qj qk ql qm qn qo qp qr qs qt qv qw qx qy qz rx sx tq tx vb vc vd vf vg vh vj vk vm vn vp vq vt " +
  "vw vx vz wj wq wv wx wz xb xd xf xg xj xk xl xm xn xq xr xs xv xw xz yj yq zb zc zf zg zj zk zm zp zq zr zv zx fj fk fv gj gv hj hk hv kj " +
  "kv kp mj mk mv pj pv sj xh bj bk bv bw cw cz wk wp wg wm wf kc kf kg kb kd"
).split(" "))
  RARE[(pair.charCodeAt(0) - 97) * 26 + pair.charCodeAt(1) - 97] = 1
/** Bytes that the patterns look at. */
const TEXT_MAX = 64
/** Shorter runs of letters are abbreviations. */
const LETTERS_MIN = 10

const lower = (b: number): number => (b >= 0x41 && b <= 0x5a ? b | 0x20 : b)
const isLetter = (b: number): boolean => (b | 0x20) >= 0x61 && (b | 0x20) <= 0x7a
const isDigit = (b: number): boolean => b >= 0x30 && b <= 0x39
const isUpper = (b: number): boolean => b >= 0x41 && b <= 0x5a

/** True for letters side by side that are no word: one pair in five is rare, at least two. */
export function isRandomLetters(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < LETTERS_MIN) return false
  let rare = 0
  let pairs = 0
  for (let i = start + 1; i < end; i++) {
    const a = lower(bytes[i - 1]!) - 97
    const b = lower(bytes[i]!) - 97
    if (a < 0 || a >= 26 || b < 0 || b >= 26) continue
    pairs++
    rare += RARE[a * 26 + b]!
  }
  return rare >= 2 && rare * 5 >= pairs
}

/** True for letters without a single rare pair, however few. */
export function isPronounceable(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) {
    const a = lower(bytes[i - 1]!) - 97
    const b = lower(bytes[i]!) - 97
    if (a < 0 || a >= 26 || b < 0 || b >= 26 || RARE[a * 26 + b] === 1) return false
  }
  return true
}

/** Formats and norms with a number in their name. */
const NORM =
  /^(?:x(?:86|64|509|25)|h26\d|mp\d|utf\d+|sha\d+|md\d|base\d+|iso\d+|rfc\d+|v\d+|ipv\d|rs\d{3}|es\d{3}|hs\d{3}|b64|d3|p12)$/i
/** One to three letters and a number, a longer word and a year or more: "c4711", "A12", "jdoe1990". */
const COUNTED = /^(?:[a-z]\d{2,}|[a-z]{2,3}\d{3,}|[a-z]{3,}\d{4,})$/i
/** A tail that somebody made up, behind what it is. */
const TAILED = /^(?:tok|token|sess|session|sid|key|secret|pwd|pass|auth|code|otp|pin)[-_][a-z0-9]{12,}$/i

/** Length of the shortest TAILED. */
const TAILED_MIN = 16

/** True when a value of a weak kind must not travel as text all the same. */
export function isSecretLike(bytes: Uint8Array, start: number, end: number, kind: Kind): boolean {
  const length = end - start
  // Most names end in a letter and are short: no text is made of those.
  const mayMatch = length >= TAILED_MIN || isDigit(bytes[end - 1]!)
  if (mayMatch && (kind === Kind.mix || kind === Kind.code || kind === Kind.slug)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(length, TEXT_MAX)).latin1Slice()
    if ((COUNTED.test(text) && !NORM.test(text)) || TAILED.test(text)) return true
  }
  if (kind === Kind.list) return isValue(bytes, start, end)
  if (length < 6) return false
  if (isCredentialLike(bytes, start, end)) return true
  if (kind === Kind.word || kind === Kind.bool) return false
  if (isNumbered(bytes, start, end)) return true
  if (kind === Kind.code) return isNumberedCode(bytes, start, end) || isGrouped(bytes, start, end, 3)
  if (kind === Kind.text) return isValue(bytes, start, end) || hasOpaquePart(bytes, start, end)
  return isShuffled(bytes, start, end) || hasOpaquePart(bytes, start, end)
}

/** Lists and free text: values where they hold a digit, a space, or escapes between letters of both cases. */
function isValue(bytes: Uint8Array, start: number, end: number): boolean {
  let cases = 0
  let isEscaped = false
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (b === 0x25) {
      if (bytes[i + 1] === 0x32 && bytes[i + 2] === 0x30) return true
      isEscaped = true
      i += 2
    } else if (isDigit(b) || b === 0x20) return true
    else if (isLetter(b)) cases |= isUpper(b) ? 1 : 2
  }
  return isEscaped && cases === 3
}

/** Digits of a token that is a number with something around it: "47.261.683-K", "374-527", "f3098-3f87b". */
const NUMBERED_MIN = 5

function isNumbered(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0
  for (let i = start; i < end; i++) if (isDigit(bytes[i]!)) digits++
  return digits >= NUMBERED_MIN
}

/** True for the credentials of known services, and letters that are no word: not even a name of something. */
export function isCredentialLike(bytes: Uint8Array, start: number, end: number): boolean {
  return hasPrefix(bytes, start, end) || isRandomLetters(bytes, start, end)
}

function hasPrefix(bytes: Uint8Array, start: number, end: number): boolean {
  for (const prefix of PREFIXES) {
    if (end - start < prefix.length + TAIL_MIN) continue
    let i = 0
    while (i < prefix.length && lower(bytes[start + i]!) === prefix.charCodeAt(i)) i++
    if (i === prefix.length) return true
  }
  return false
}

/** Capitals with digits, of which the last two at most end it: "AB-123-CD", "QQ123456C"; not "EU-WEST-1", "SOAP12". */
function isNumberedCode(bytes: Uint8Array, start: number, end: number): boolean {
  let stop = end
  while (stop > end - 2 && isDigit(bytes[stop - 1]!)) stop--
  for (let i = start; i < stop; i++) if (isDigit(bytes[i]!)) return true
  return false
}

/** `least` groups of equally many letters and digits, 4 to 8: the form of a licence key. */
export function isGrouped(bytes: Uint8Array, start: number, end: number, least: number): boolean {
  let groups = 0
  let size = -1
  let from = start
  for (let i = start; i <= end; i++) {
    if (i < end && bytes[i] !== 0x2d && bytes[i] !== 0x5f) continue
    if (size >= 0 && i - from !== size) return false
    size = i - from
    from = i + 1
    groups++
  }
  return groups >= least && size >= 4 && size <= 8
}

/** Letters and digits that take turns, or mostly capitals with some of the others: "a1b2c3d4", "MTIzNDU2". */
export function isShuffled(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 8) return false
  let [turns, digits, uppers, lowers] = [0, 0, 0, 0]
  let before = 0
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    const sort = isDigit(b) ? 1 : isUpper(b) ? 2 : isLetter(b) ? 3 : 0
    if (sort === 0) return false
    if (sort === 1) digits++
    else if (sort === 2) uppers++
    else lowers++
    if (before !== 0 && sort !== before) turns++
    before = sort
  }
  if (digits >= 2 && turns * 10 >= length * 6) return true
  if (digits === 1 && turns * 10 >= length * 8) return true
  return digits > 0 && lowers > 0 && uppers > lowers
}

/** A part between marks that identifies something on its own: "bot123456:AAHdq...", "SG.ngeVf...". */
export function hasOpaquePart(bytes: Uint8Array, start: number, end: number): boolean {
  let from = start
  for (let i = start; i <= end; i++) {
    const b = i < end ? bytes[i]! : 0x3a
    if (isLetter(b) || isDigit(b) || b === 0x2d || b === 0x5f) continue
    if ((from > start || i < end) && i - from >= 8) {
      const kind = classify(bytes, from, i)
      if (isStrong(kind) && (kind !== Kind.int || i - from >= 9)) return true
      if (i - from >= 16 && isShuffled(bytes, from, i)) return true
    }
    from = i + 1
  }
  return false
}
