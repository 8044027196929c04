import type { Settings } from '../../infra/settings.ts';

/** The stacks that the settings switch on and off. One that is switched off is not deployed any more, and not destroyed. */
export function consumerStacks({ name, certificates, slack, endpoints, schemaRegistry }: Settings) {
  return {
    certificates: { name: `${name}Certificates`, isOn: certificates !== undefined },
    subscribers: {
      name: `${name}Subscribers`,
      isOn: slack.length + endpoints.length > 0 || schemaRegistry,
    },
  };
}

/** The names of the stacks that are switched off: each may still be there from an earlier deployment. */
export function stacksOff(settings: Settings): string[] {
  return Object.values(consumerStacks(settings)).flatMap(({ name, isOn }) => (isOn ? [] : [name]));
}
