import type { WithheldResource } from './fit-template.ts';

/** The features of a deployment that MiniStack 1.5.33 lacks, and how the rehearsal replaces them. */
export function emulatorGaps(withheld: WithheldResource[]): string {
  const count = (type: string) => withheld.filter((resource) => resource.type.startsWith(type)).length;
  return [
    'What the emulator (MiniStack 1.5.33) lacks:',
    `- CloudFormation: AWS::Events::Connection (${count('AWS::Events::Connection')} here) and AWS::Events::ApiDestination (${count('AWS::Events::ApiDestination')}): created by its Events API from the synthesised templates.`,
    `- AWS::EventSchemas (${count('AWS::EventSchemas')} resources), in any form: not rehearsed.`,
    `- AWS::Logs::Delivery (${count('AWS::Logs::Delivery')} resources): the bus logs nothing, and its logs are not rehearsed.`,
    '- HTTPS endpoints: requests go to a server on this machine, over HTTP.',
    '- EventBridge: no retries, dead letters and rate limits of rules and API destinations: not rehearsed.',
    '- EventBridge Scheduler: no time zones; the digest is called by its schedule, but at once.',
    '- Lambda: layers are unpacked beside the function, not to /opt: FONTS_DIRECTORY points there.',
    "- IAM: enforced, with rights of their own for calls that have several messages or statements, and events:DescribeEventBus for operators on any bus; the CDK's own roles are not used.",
  ].join('\n');
}
