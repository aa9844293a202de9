// The HTTP/2 stage: what HTTP/1 hands over in, exchanges out. RFC 9113, RFC 7541.
import type { Side } from "../../flow/flow.ts"
import type { SessionReceiver, SessionView } from "../../tcp/session-receiver.ts"
import type { ExchangeReceiver } from "../exchange-receiver.ts"
import type { Message } from "../message.ts"
import type { Http2Counters } from "./counters.ts"
import { HTTP2_DEFAULTS, type Http2Options } from "./options.ts"

export class Http2<Q, S> {
  readonly receiver: ExchangeReceiver<Q, S>
  readonly counters: Http2Counters
  readonly options: Http2Options

  constructor(receiver: ExchangeReceiver<Q, S>, counters: Http2Counters, options: Http2Options = HTTP2_DEFAULTS) {
    this.receiver = receiver
    this.counters = counters
    this.options = options
  }

  /** The streams of `session` are HTTP/2. `client`: side that sent the preface, -1 unknown. */
  open(_session: SessionView, _client: Side | -1, _timeUs: number): SessionReceiver | null {
    return null
  }

  /** The streams are HTTP/2 from here on, and its stream 1 answers `request`, which was HTTP/1; null: not seen. */
  openUpgraded(
    _session: SessionView,
    _client: Side,
    _request: Message<Q> | null,
    _timeUs: number,
  ): SessionReceiver | null {
    return null
  }
}
