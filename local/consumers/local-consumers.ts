import { randomBytes, randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { folderStore } from '../../consumers/certificates/certificate-folder.ts';
import { CERTIFICATES, certificatePattern } from '../../consumers/certificates/certificate-rule.ts';
import { CertificateTexts } from '../../consumers/certificates/certificates-environment.ts';
import { fontsDirectory } from '../../consumers/certificates/fonts-directory.ts';
import type { CertificateParts } from '../../consumers/certificates/handle-event.ts';
import { textOf } from '../../consumers/channels/channel-handler.ts';
import { liveRules } from '../../consumers/channels/channel-rules.ts';
import { type SlackMessage, slackMessage } from '../../consumers/slack/slack-message.ts';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import type { WorkflowEvent } from '../../functions/contract/workflow-events.ts';
import type { Kombo } from '../../functions/core/ports.ts';
import { type DeliveredEvent, deliveredEvent, LOCAL_ACCOUNT } from '../bus/bus.ts';
import { matchesPattern } from '../rules/match-pattern.ts';

const SLACK = 'slack';

export const LOCAL_CONSUMERS = [CERTIFICATES, SLACK];

/** The default settings of a deployment for certificates. */
const POLICY = { revoke: false, onErasure: 'delete' } as const;

export type LocalConsumersOptions = {
  folder: string;
  kombo: Pick<Kombo, 'readByIds'>;
  clock: () => number;
  /** Shows each event on the bus, including the consumers' events. */
  onEvent: (event: DeliveredEvent) => void;
  show: (consumer: 'slack' | 'certificate', text: string) => void;
};

/**
 * Returns a function that delivers an event to the consumers. They use the event patterns, the texts and the
 * certificate code of a deployment.
 */
export function localConsumers(options: LocalConsumersOptions): (event: DeliveredEvent) => Promise<void> {
  const { clock, onEvent, show } = options;
  const certificates = certificatePattern({ ...POLICY, account: LOCAL_ACCOUNT });
  const slack = liveRules({
    name: SLACK,
    events: ['CourseCompleted', 'CourseRecompleted', 'IntegrationFailing', 'ChangesHeld'],
  });
  let parts: Promise<Issuing> | null = null;

  const deliver = async (event: DeliveredEvent): Promise<void> => {
    onEvent(event);
    for (const { pattern } of slack) {
      if (matchesPattern(pattern, event)) show('slack', slackText(slackMessage(textOf(event))));
    }
    if (!matchesPattern(certificates, event)) return;
    parts ??= openCertificates(options, (notified) => {
      if (notified.type === 'CertificateIssued')
        show('certificate', basename(notified.detail.certificate.key));
      return deliver(onBus(notified, clock()));
    });
    try {
      const { handleEvent, ...rest } = await parts;
      await handleEvent(event, rest);
    } catch (error) {
      // As on AWS, the bus accepts an event even if a consumer fails.
      show('certificate', `none: ${error instanceof Error ? error.message : error}`);
    }
  };
  return deliver;
}

type Issuing = CertificateParts & {
  handleEvent: typeof import('../../consumers/certificates/handle-event.ts')['handleEvent'];
};

/** Loading the fonts and the PDF library takes time, so they are loaded only for the first certificate. */
async function openCertificates(
  { folder, kombo, clock }: LocalConsumersOptions,
  notify: (event: WorkflowEvent) => Promise<void>,
): Promise<Issuing> {
  const [{ handleEvent }, { drawCertificate }, { openFonts }] = await Promise.all([
    import('../../consumers/certificates/handle-event.ts'),
    import('../../consumers/certificates/drawing/draw-certificate.ts'),
    import('../../consumers/certificates/drawing/font-library.ts'),
  ]);
  const fonts = openFonts(fontsDirectory());
  const texts = CertificateTexts.parse({});
  return {
    handleEvent,
    policy: POLICY,
    draw: async (certificate) => (await drawCertificate(certificate, texts, fonts)).pdf,
    ports: { bucket: folderStore(folder), kombo, notify, clock, randomBytes },
  };
}

function onBus({ type, detail }: WorkflowEvent, now: number): DeliveredEvent {
  const entry = {
    bus: 'schoolbell',
    source: EVENT_SOURCE,
    detailType: type,
    detail,
    resources: [],
    time: null,
  };
  return deliveredEvent(entry, randomUUID(), now);
}

/** Returns a Slack message as one line for a terminal. */
function slackText({ blocks }: SlackMessage): string {
  return blocks
    .map((block) => ('elements' in block ? block.elements : [block.text]))
    .map((texts) => texts.map(({ text }) => inOneLine(text)).join(' '))
    .join(' | ');
}

/** A time is written as the fallback text, which Slack shows when it cannot show the reader's local time. */
function inOneLine(text: string): string {
  return text
    .replace(/^<!date\^.*\|(.*)>$/, '$1')
    .replaceAll(/[*\s]+/g, ' ')
    .trim();
}
