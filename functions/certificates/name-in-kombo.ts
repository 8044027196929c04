import type { Kombo } from '../core/ports.ts';
import type { CertificatePorts } from './ports.ts';

/** Asks Kombo for the name of a progression's learner. A record that it no longer has gives none. */
export function nameInKombo(kombo: Pick<Kombo, 'readByIds'>): CertificatePorts['nameOf'] {
  return async (integration, progression) => {
    const { records } = await kombo.readByIds(integration, [progression]);
    return records[0]?.learnerDetails ?? null;
  };
}
