/** The constructs of the package `schoolbell`. Everything that is exported here is public. */
export { Certificates, type CertificatesProps } from '../consumers/certificates/certificates-construct.ts';
export type { CertificateTextsInput } from '../consumers/certificates/certificates-environment.ts';
export type {
  ConsumerProps,
  MessageChannelProps,
  SubscriberProps,
} from '../consumers/channels/message-channel.ts';
export type { ConsumerRule, Delivery, Target } from '../consumers/deploy/consumer-rule.ts';
export { Endpoint, type EndpointAuthorization, type EndpointProps } from '../consumers/endpoints/endpoint.ts';
export type { DetailPattern, EventFilter, Matcher } from '../consumers/kit/event-pattern.ts';
export { type OnEventProps, onEvent } from '../consumers/kit/on-event.ts';
export {
  SlackChannel,
  type SlackChannelProps,
  type SlackConnection,
} from '../consumers/slack/slack-channel.ts';
export type { EventType } from '../functions/contract/published-events.ts';
export { Schoolbell, type SchoolbellOnEventProps, type SchoolbellProps } from './constructs/schoolbell.ts';
export {
  type ISchoolbellState,
  SchoolbellState,
  type SchoolbellStateAttributes,
  type SchoolbellStateProps,
} from './constructs/schoolbell-state.ts';
export type {
  AnyBus,
  AnySecret,
  AnyTable,
  ISchoolbell,
  KomboAccess,
  SharedFunctionProps,
} from './constructs/shared-props.ts';
