// What a request's path, query and field names tell of the call to come: made once an operation (operations.ts), so that a plain
// request costs one question. And the place of all requests with that method and path, which remembers what it has shown.
import type { Call } from "../../../shared/event/api-event.ts"
import type { CallPlace } from "./call-records.ts"
import type { JsonHints } from "./json-call.ts"

/** Place of a method and path: a slot of its template. */
export interface CallPlaceHolder {
  calls: CallPlace | null
  /** Request bodies in which no call was found. */
  searches: number
}

export class CallHints implements JsonHints {
  readonly isGraphql: boolean
  readonly isBatch: boolean
  readonly isMcp: boolean
  /** Connect's version of its protocol is sent: one message, in JSON. */
  readonly isConnect: boolean
  readonly hasSoapAction: boolean
  /** Parameters of the URL, as indices of QueryNames; -1 when absent. */
  readonly query: number
  readonly operationName: number
  readonly extensions: number
  /** The last two segments of the path: "pkg.Service/Method". */
  readonly rpc: string
  /** Calls of the gRPC family to that path, by CallMedia. */
  readonly rpcCalls: (Call | undefined)[] = []
  readonly holder: CallPlaceHolder
  /** Nothing of this is there but, perhaps, the path. */
  readonly isPlain: boolean

  /**
   * `published`, `path`: the path as published and as sent. `fields`: names of the head's fields, lower case. `parameters`: in the
   * order of QueryNames.
   */
  constructor(
    holder: CallPlaceHolder,
    published: string,
    path: string,
    fields: readonly string[],
    parameters: readonly { readonly name: string }[],
  ) {
    const index = (name: string): number => parameters.findIndex((one) => one.name === name)
    this.holder = holder
    this.isGraphql = /(?:^|\/)(?:[a-z0-9-]*graphql[a-z0-9-]*|gql)(?:\/|$)/i.test(path)
    this.isBatch = /\/(?:\$|%24)batch$/.test(path)
    this.isMcp = fields.some((name) => name.startsWith("mcp-"))
    this.isConnect = fields.includes("connect-protocol-version") || index("connect") >= 0
    this.hasSoapAction = fields.includes("soapaction")
    this.query = index("query")
    this.operationName = index("operationName")
    this.extensions = index("extensions")
    this.rpc = /(?:[^/]+\/)?[^/]*$/.exec(published)![0]
    this.isPlain = !this.isConnect && !this.hasSoapAction && this.query < 0 && this.extensions < 0
  }
}
