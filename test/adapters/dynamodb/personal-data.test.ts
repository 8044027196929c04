import { expect, it } from 'vitest';
import { decodeEntry } from '../../../functions/adapters/dynamodb/journal-codec.ts';
import type { ObservedProgression } from '../../../functions/core/state/progression.ts';
import { useEngine } from './engine.ts';
import { NOW, someChange, someEntry, someIntegration } from './some-items.ts';

const engine = useEngine();

it("the table contains no learner's name or e-mail address, even when a caller passes whole records to be stored", async () => {
  // A caller could by mistake pass a whole record as Kombo shows it, with names, where only the state is
  // expected.
  const observed: ObservedProgression = {
    ...someChange(),
    removed: false,
    unknownStatus: null,
    learnerDetails: { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' },
    namesBlank: false,
  };
  const careless = {
    ...someChange(),
    ...observed,
    learner: { ...observed.learner, ...observed.learnerDetails },
    state: { ...observed.state, ...observed.learnerDetails },
  };
  const integration = someIntegration();
  const store = engine.store();
  await store.takeLease(integration, { owner: 'a', until: NOW }, NOW);
  const entry = someEntry({ integration, changes: [careless] });

  await store.appendEntry(entry);
  await store.applyEntry(entry);

  const stored = await engine.scan();
  const [body] = stored.match(/(?<="B":")[^"]+/) ?? [];
  const journal = JSON.stringify(decodeEntry(Buffer.from(body ?? '', 'base64')));
  expect(journal).toContain('learner-1');
  expect(stored + journal).not.toMatch(/Ada|Lovelace|example\.com/);
});
