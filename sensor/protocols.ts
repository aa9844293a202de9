// What sessions turn into where HTTP/1 ends: each protocol's stage, for the pipeline to put together.
import type { Side } from "./flow/flow.ts"
import type { HttpHead } from "./http/http-head.ts"
import type { Http2 } from "./http/http2/http2.ts"
import type { Message } from "./http/message.ts"
import type { Successors } from "./http/successors.ts"
import { isWebSocket } from "./http/websocket/handshake.ts"
import type { WebSockets } from "./http/websocket/websockets.ts"
import type { SessionReceiver, SessionView } from "./tcp/session-receiver.ts"

export class Protocols<Q, S> implements Successors<Q> {
  readonly #http2: Http2<Q, S>
  readonly #webSockets: WebSockets<Q, S>

  constructor(http2: Http2<Q, S>, webSockets: WebSockets<Q, S>) {
    this.#http2 = http2
    this.#webSockets = webSockets
  }

  openTls(): null {
    return null
  }

  openHttp2(session: SessionView, client: Side | -1, timeUs: number): SessionReceiver | null {
    return this.#http2.open(session, client, timeUs)
  }

  openH2c(session: SessionView, client: Side, request: Message<Q> | null, timeUs: number): SessionReceiver | null {
    return this.#http2.openUpgraded(session, client, request, timeUs)
  }

  openUpgraded(
    session: SessionView,
    client: Side,
    response: HttpHead,
    request: Q | null,
    timeUs: number,
  ): SessionReceiver | null {
    return isWebSocket(response) ? this.#webSockets.open(session, client, response, request, timeUs) : null
  }
}
