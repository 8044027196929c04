import { expect, it } from 'vitest';
import { largestSettings } from './largest-settings.ts';
import { synthesizeAll } from './synthesize.ts';

/** Endpoints with both kinds of authorisation, and Slack channels, whose function reads the secret itself. */
const settings = { ...largestSettings, slack: largestSettings.slack.slice(0, 3) };

type Resource = { Type: string; Properties: Record<string, unknown> };

function resourcesOf(secretsRevision: number): Map<string, Resource> {
  const templates = Object.entries(synthesizeAll({ ...settings, secretsRevision }));
  return new Map(
    templates.flatMap(([stack, template]) =>
      Object.entries<Resource>(template.toJSON()['Resources']).map(([id, resource]) => [
        `${stack}/${id}`,
        resource,
      ]),
    ),
  );
}

/**
 * CloudFormation reads a secret again only when the resource that refers to it changes:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
it('a new `secretsRevision` updates each resource that contains a secret, so that CloudFormation reads the secret again', () => {
  const before = resourcesOf(1);
  const after = resourcesOf(2);
  const changed = [...before].flatMap(([id, resource]) =>
    JSON.stringify(resource) === JSON.stringify(after.get(id)) ? [] : [id],
  );
  const holdSecrets = [...before].flatMap(([id, resource]) =>
    JSON.stringify(resource).includes('{{resolve:secretsmanager:') ? [id] : [],
  );
  expect(after.size).toBe(before.size);
  expect(holdSecrets.length).toBeGreaterThanOrEqual(2);
  expect(changed).toEqual(expect.arrayContaining(holdSecrets));
  for (const id of changed) {
    expect(before.get(id)?.Type).toMatch(/^AWS::Events::(Connection|ApiDestination)$/);
    // Only the description differs, which can change without a replacement.
    expect({ ...after.get(id)?.Properties, Description: before.get(id)?.Properties['Description'] }).toEqual(
      before.get(id)?.Properties,
    );
  }
});
