import type { LearningEvent } from '../contract/learning-events.ts';
import type { Publisher } from '../core/ports.ts';

export type Published = {
  byType: Record<string, number>;
  /** The number of learning events that the bus refused permanently. They are set aside. */
  refused: number;
  /** The longest times from the platform to Kombo, and from Kombo to the bus; null without a `changedAt`. */
  komboLagSeconds: number | null;
  ownLagSeconds: number | null;
};

/** Counts the events that the bus accepts (by type) or refuses, and measures the delays of the accepted. */
export function countPublished(publisher: Publisher, clock: () => number) {
  let published = nothing();
  const count = (type: string) => {
    published.byType[type] = (published.byType[type] ?? 0) + 1;
  };
  const counted: Publisher = {
    async publish(events) {
      const result = await publisher.publish(events);
      published.refused += result.refused.length;
      const accepted = new Set(result.accepted);
      for (const { type, detail } of events.filter((_, at) => accepted.has(at))) {
        count(type);
        published = withLags(published, detail, clock());
      }
      return result;
    },
    async notify(event) {
      await publisher.notify(event);
      count(event.type);
    },
  };
  return {
    publisher: counted,
    /** Returns what was published since the last call. */
    take(): Published {
      const taken = published;
      published = nothing();
      return taken;
    },
  };
}

function nothing(): Published {
  return { byType: {}, refused: 0, komboLagSeconds: null, ownLagSeconds: null };
}

/** The delay until `changed_at` is Kombo's, and the delay after it is Schoolbell's. */
function withLags(published: Published, detail: LearningEvent['detail'], now: number): Published {
  const { changedAt } = detail.progression;
  if (changedAt === null) return published;
  const changed = Date.parse(changedAt);
  return {
    ...published,
    komboLagSeconds: longer(published.komboLagSeconds, changed - Date.parse(detail.occurredAt)),
    ownLagSeconds: longer(published.ownLagSeconds, now - changed),
  };
}

function longer(seconds: number | null, ms: number): number {
  return Math.max(seconds ?? 0, Math.round(ms / 1000));
}
