import type { Environment } from './contract/environment.ts';
import type { RunSettings } from './core/ports.ts';

/**
 * How long a lease lasts, in milliseconds. It is longer than reading one page takes with all retries, which
 * is 30 seconds at most. If a worker dies, its integration is not polled until the lease expires.
 */
const LEASE_MS = 3 * 60 * 1000;
const RECONCILE_SLICE_MS = 60 * 1000;

export function runSettings(
  environment: Pick<Environment, 'OVERLAP_SECONDS' | 'LEARNER_DETAILS' | 'SURGE_SHARE' | 'SURGE_FLOOR'>,
): RunSettings {
  return {
    overlapMs: environment.OVERLAP_SECONDS * 1000,
    learnerDetails: environment.LEARNER_DETAILS,
    leaseMs: LEASE_MS,
    surgeShare: environment.SURGE_SHARE,
    surgeFloor: environment.SURGE_FLOOR,
    reconcileSliceMs: RECONCILE_SLICE_MS,
  };
}
