import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EventType } from '../../functions/contract/published-events.ts';
import type { AnyBus } from '../deploy/any-bus.ts';
import { ConsumerRule, type Target } from '../deploy/consumer-rule.ts';
import { type EventFilter, eventPattern } from './event-pattern.ts';

export type OnEventProps<Type extends EventType> = EventFilter<Type> & {
  bus: AnyBus;
  /** Who it is: replays can be addressed to it (`schoolbell replay --consumer NAME`). */
  consumer: string;
  /** For several rules on the same event in one scope. */
  id?: string;
  /** The rule makes its own by default. */
  deadLetters?: IQueue;
};

/**
 * A construct for one event: a rule that belongs to a named consumer and takes the live events, the replays addressed
 * to it and the replays for everyone, with a dead-letter queue and a retry policy.
 */
function on<Type extends EventType>(type: Type) {
  return (scope: Construct, props: OnEventProps<Type>, target: Target): ConsumerRule => {
    const { bus, consumer, id = `On${type}`, deadLetters, ...filter } = props;
    return new ConsumerRule(
      scope,
      id,
      {
        bus,
        pattern: eventPattern<Type>([type], consumer, filter),
        description: `Schoolbell: ${type} for ${consumer}`,
        ...(deadLetters && { deadLetters }),
      },
      target,
    );
  };
}

export const onLearnerEnrolled = on('LearnerEnrolled');
export const onCourseStarted = on('CourseStarted');
export const onCourseCompleted = on('CourseCompleted');
export const onCourseRecompleted = on('CourseRecompleted');
export const onCompletionCorrected = on('CompletionCorrected');
export const onCourseReopened = on('CourseReopened');
export const onLearnerDropped = on('LearnerDropped');
export const onLearnerReenrolled = on('LearnerReenrolled');
export const onProgressReset = on('ProgressReset');
export const onEnrollmentCorrected = on('EnrollmentCorrected');
export const onProgressionRemoved = on('ProgressionRemoved');
export const onProgressionRestored = on('ProgressionRestored');
export const onLearnerDataErased = on('LearnerDataErased');
export const onIntegrationBaselined = on('IntegrationBaselined');
export const onIntegrationFailing = on('IntegrationFailing');
export const onIntegrationRecovered = on('IntegrationRecovered');
export const onChangesHeld = on('ChangesHeld');
export const onChangesReleased = on('ChangesReleased');
export const onReplayStarted = on('ReplayStarted');
export const onReplayFinished = on('ReplayFinished');
export const onCertificateIssued = on('CertificateIssued');
export const onCertificateRevoked = on('CertificateRevoked');
export const onDigestPrepared = on('DigestPrepared');
