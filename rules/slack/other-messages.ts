import type { LearningEventType } from '../../functions/contract/learning-event-type.ts';
import type { EventType } from '../../functions/contract/published-events.ts';
import { field, sentence } from '../input-transformer.ts';
import { fact, type Message, time } from './message.ts';

const at = '$.detail.at';

/** The messages of events that are not about one change of a learner's progress. */
export const otherMessages: Record<Exclude<EventType, LearningEventType>, Message> = {
  IntegrationBaselined: {
    headline: 'First sync is done',
    subject: sentence`${'$.detail.progressions'} course progressions are known; from now on changes are told.`,
    facts: [fact.integration],
  },
  IntegrationFailing: {
    headline: 'An integration is failing',
    subject: field('$.detail.error.message'),
    facts: [
      fact.integration,
      ['Failing since', time('$.detail.since')],
      ['Failed polls', sentence`${'$.detail.failures'}`],
    ],
  },
  IntegrationRecovered: {
    headline: 'An integration works again',
    subject: null,
    facts: [fact.integration, ['Was failing since', time('$.detail.failingSince')]],
  },
  ChangesHeld: {
    headline: 'A mass change is held',
    subject: sentence`${'$.detail.waiting.total'} changes wait for a person to release or discard them.`,
    facts: [fact.integration, ['Pass in a day without a person', sentence`${'$.detail.limit'}`]],
  },
  ChangesReleased: {
    headline: 'A mass change is no longer held',
    subject: null,
    facts: [fact.integration, ['By', field('$.detail.by')], ['Held since', time('$.detail.heldSince')]],
  },
  ReplayStarted: {
    headline: 'A replay begins',
    subject: field('$.detail.replay.reason'),
    facts: [fact.integration, ['Events', sentence`${'$.detail.events'}`]],
  },
  ReplayFinished: {
    headline: 'A replay ended',
    subject: field('$.detail.replay.reason'),
    facts: [fact.integration, ['Published', sentence`${'$.detail.published'} of ${'$.detail.events'}`]],
  },
  CertificateIssued: {
    headline: 'Certificate issued',
    subject: null,
    facts: [['Number', field('$.detail.certificate.number')], fact.integration, ['At', time(at)]],
  },
  CertificateRevoked: {
    headline: 'Certificate revoked',
    subject: null,
    facts: [['Number', field('$.detail.certificate.number')], fact.integration, ['At', time(at)]],
  },
  DigestPrepared: { headline: field('$.detail.headline'), subject: field('$.detail.lines'), facts: [] },
};
