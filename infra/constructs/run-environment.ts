import { type Environment, KOMBO_HOSTS } from '../../functions/contract/environment.ts';
import type { Settings } from '../settings.ts';
import type { State } from './deployed-state.ts';

/** The environment of every function that reads Kombo and publishes, besides its queue. */
export function runEnvironment(
  settings: Settings,
  state: State,
): Record<Exclude<keyof Environment, 'QUEUE_URL'>, string> {
  return {
    TABLE_NAME: state.table.tableName,
    // Another account's bus is known by its ARN alone; one's own may be looked at by its name.
    BUS_NAME: settings.bus === 'own' ? state.bus.eventBusName : state.bus.eventBusArn,
    KOMBO_SECRET_ID: state.komboSecret.secretArn,
    KOMBO_BASE_URL: komboUrl(settings.kombo),
    BASELINE: settings.baseline,
    LEARNER_DETAILS: settings.learnerDetails,
    REMOTE_IDS: settings.remoteIds,
    REMOTE_IDS_KEY_ID: state.remoteIdsKey.secretArn,
    OVERLAP_SECONDS: String(settings.overlapMinutes * 60),
    JOURNAL_RETENTION_DAYS: String(settings.journalRetentionDays),
    SURGE_SHARE: String(settings.surgeShare),
    SURGE_FLOOR: String(settings.surgeFloor),
  };
}

function komboUrl(kombo: string): string {
  return kombo === 'eu' || kombo === 'us' ? KOMBO_HOSTS[kombo] : kombo;
}
