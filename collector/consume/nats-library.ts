// What the collector uses of the NATS client library: the only import of it.
export {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream"
export { connect, headers, type NatsConnection, nanos, nkeyAuthenticator, nkeys } from "@nats-io/transport-node"
