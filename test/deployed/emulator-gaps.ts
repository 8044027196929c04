import type { WithheldResource } from './fit-template.ts';

/**
 * Returns a list of the features that MiniStack 1.5.33 does not have, and how the rehearsal replaces them.
 */
export function emulatorGaps(withheld: WithheldResource[]): string {
  const count = (type: string) => withheld.filter((resource) => resource.type.startsWith(type)).length;
  return [
    'Features that the emulator (MiniStack 1.5.33) does not have:',
    `- CloudFormation: AWS::Events::Connection (${count('AWS::Events::Connection')} here) and AWS::Events::ApiDestination (${count('AWS::Events::ApiDestination')}): created by the emulator's Events API from the synthesised templates.`,
    `- AWS::EventSchemas (${count('AWS::EventSchemas')} resources), in any form: not rehearsed.`,
    `- AWS::Logs::Delivery (${count('AWS::Logs::Delivery')} resources): the bus writes no logs, so its logs are not rehearsed.`,
    '- HTTPS endpoints: requests go to a server on this machine, over HTTP.',
    '- EventBridge: no retries, dead letters and rate limits of rules and API destinations: not rehearsed.',
    '- EventBridge Scheduler: no time zones. A second schedule requests the digest immediately.',
    '- Lambda: layers are unpacked beside the function and not to /opt, so FONTS_DIRECTORY has another value.',
    "- IAM: permissions are enforced. Calls with several messages or statements need additional permissions, and operators may call events:DescribeEventBus on any bus. The CDK's own roles are not used.",
  ].join('\n');
}
