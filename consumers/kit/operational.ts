import { operationalEvents } from '../../functions/contract/operational-events.ts';
import { workflowEvents } from '../../functions/contract/workflow-events.ts';
import { guardOf, parserOf } from './parser.ts';

export const parseIntegrationBaselined = parserOf(
  'IntegrationBaselined',
  operationalEvents.IntegrationBaselined,
);
export const parseIntegrationFailing = parserOf('IntegrationFailing', operationalEvents.IntegrationFailing);
export const parseIntegrationRecovered = parserOf(
  'IntegrationRecovered',
  operationalEvents.IntegrationRecovered,
);
export const parseChangesHeld = parserOf('ChangesHeld', operationalEvents.ChangesHeld);
export const parseChangesReleased = parserOf('ChangesReleased', operationalEvents.ChangesReleased);
export const parseReplayStarted = parserOf('ReplayStarted', operationalEvents.ReplayStarted);
export const parseReplayFinished = parserOf('ReplayFinished', operationalEvents.ReplayFinished);
export const parseCertificateIssued = parserOf('CertificateIssued', workflowEvents.CertificateIssued);
export const parseCertificateRevoked = parserOf('CertificateRevoked', workflowEvents.CertificateRevoked);
export const parseDigestPrepared = parserOf('DigestPrepared', workflowEvents.DigestPrepared);

export const isIntegrationBaselined = guardOf('IntegrationBaselined', operationalEvents.IntegrationBaselined);
export const isIntegrationFailing = guardOf('IntegrationFailing', operationalEvents.IntegrationFailing);
export const isIntegrationRecovered = guardOf('IntegrationRecovered', operationalEvents.IntegrationRecovered);
export const isChangesHeld = guardOf('ChangesHeld', operationalEvents.ChangesHeld);
export const isChangesReleased = guardOf('ChangesReleased', operationalEvents.ChangesReleased);
export const isReplayStarted = guardOf('ReplayStarted', operationalEvents.ReplayStarted);
export const isReplayFinished = guardOf('ReplayFinished', operationalEvents.ReplayFinished);
export const isCertificateIssued = guardOf('CertificateIssued', workflowEvents.CertificateIssued);
export const isCertificateRevoked = guardOf('CertificateRevoked', workflowEvents.CertificateRevoked);
export const isDigestPrepared = guardOf('DigestPrepared', workflowEvents.DigestPrepared);
