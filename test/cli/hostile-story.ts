import { runDev } from '../../cli/runs/dev-run.ts';
import { createOutput } from '../../cli/terminal/output.ts';
import { createDevView } from '../../cli/views/dev-view.ts';
import type { ObservedProgression } from '../../functions/core/state/progression.ts';
import { openLocalKombo } from '../../local/local-kombo.ts';
import { hostileTexts, unusualNames } from '../support/hostile-texts.ts';

const texts = [...Object.values(hostileTexts), ...unusualNames].map((text) =>
  text.slice(0, 3_000).toWellFormed(),
);

/**
 * Runs what `npm start` runs, with a school whose records contain hostile texts.
 *
 * @param certificates the folder for certificates. With null, JSON is printed and no certificate is issued
 */
export async function runHostileStory(directory: string, certificates: string | null): Promise<void> {
  const chosen = new Map<string | null, string>();
  const textFor = (id: string | null) => {
    const text = chosen.get(id) ?? texts[chosen.size % texts.length] ?? '';
    chosen.set(id, text);
    return text;
  };
  const rewritten = (record: ObservedProgression): ObservedProgression => {
    const name = textFor(record.learner.id);
    return {
      ...record,
      learnerDetails: { firstName: name, lastName: name, email: name },
      course: { ...record.course, title: textFor(record.course.id) },
    };
  };
  const local = await openLocalKombo({}, directory);
  const kombo: typeof local.kombo = {
    ...local.kombo,
    async readPage(request, signal) {
      const page = await local.kombo.readPage(request, signal);
      return { ...page, records: page.records.map(rewritten) };
    },
    async readByIds(integration, ids) {
      const read = await local.kombo.readByIds(integration, ids);
      return { ...read, records: read.records.map(rewritten) };
    },
  };
  process.exitCode = await runDev({
    directory,
    certificates,
    kombo: { ...local, kombo },
    integration: local.school?.integration ?? '',
    watch: false,
    everyMs: 0,
    learnerDetails: 'include',
    view: createDevView(createOutput(certificates === null)),
    stop: new AbortController().signal,
  });
  await local.close();
}
