import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveredExample } from '../../../catalogue/examples.ts';
import { certificatePattern } from '../../../consumers/certificates/certificate-rule.ts';
import { digestQueueRules, liveRules } from '../../../consumers/channels/channel-rules.ts';
import { type EventPattern, eventPatterns } from '../../../consumers/kit/event-pattern.ts';
import { eventTypes, replayedName } from '../../../functions/contract/published-events.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';
import { ALWAYS, polledWorld } from '../../support/replay-world.ts';

const consumers = ['certificates', 'learning', 'hr', 'badges'];
const lists = { types: fc.subarray([...eventTypes], { minLength: 1 }), named: fc.boolean() };

/**
 * A random consumer with the patterns of its rules: certificates, a Slack channel or an endpoint that the
 * stacks define, or a user's own consumer.
 */
const shipped: fc.Arbitrary<{ consumer: string; patterns: EventPattern[] }> = fc.oneof(
  fc.boolean().map((revoke) => ({
    consumer: 'certificates',
    patterns: [certificatePattern({ revoke, account: '123456789012' })],
  })),
  fc.record({ ...lists, isDigest: fc.boolean() }).map(({ types, named, isDigest }) => {
    const channel = { name: 'learning', events: types, channelId: null, named };
    const rules = isDigest ? digestQueueRules(channel) : liveRules(channel);
    return { consumer: 'learning', patterns: rules.map(({ pattern }) => pattern) };
  }),
  fc.record({ types: lists.types, consumer: fc.constantFrom('hr', 'badges') }).map(({ types, consumer }) => ({
    consumer,
    patterns: eventPatterns(types, consumer),
  })),
);
const addressees = fc.constantFrom(null, ...consumers);

test("events replayed for all consumers match the same rules as live events; events replayed for one consumer match only this consumer's rules", async () => {
  let replayedToRules = 0;
  await fc.assert(
    fc.asyncProperty(shipped, addressees, async ({ consumer, patterns }, addressee) => {
      const at = await polledWorld(6);
      await at.run(await at.order(await at.plan(ALWAYS), { consumer: addressee }));

      const takes = (event: object) => patterns.filter((pattern) => matchesPattern(pattern, event)).length;
      const live = at.live().map(({ type, detail }) => takes(deliveredExample(type, detail)));
      const replayed = at
        .replayed()
        .map(({ type, detail }) =>
          takes({ ...deliveredExample(type, detail), 'detail-type': replayedName(type) }),
        );

      expect(replayed).toEqual(addressee === null || addressee === consumer ? live : live.map(() => 0));
      replayedToRules += replayed.filter((count) => count > 0).length;
    }),
  );
  expect(replayedToRules).toBeGreaterThan(0);
});

test('the events of a replay for all consumers have no field `consumer`', async () => {
  const at = await polledWorld(3);
  await at.run(await at.order(await at.plan(ALWAYS), { consumer: null }));

  const marks = [...at.replayed(), ...at.bus.notified].flatMap(({ detail }) =>
    'replay' in detail ? [detail.replay] : [],
  );
  expect(marks).toHaveLength(at.live().length + 2);
  for (const mark of marks) expect(mark).toEqual({ id: 'again', reason: 'a test' });
});
