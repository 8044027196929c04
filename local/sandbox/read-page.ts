import type { FilterName, PageRequest } from './page-request.ts';
import type { ProgressionRecord, RecordView } from './record-source.ts';

const fieldOf: Record<FilterName, (record: ProgressionRecord) => string | null | undefined> = {
  ids: (record) => record.id,
  remote_ids: (record) => record.remote_id,
  user_ids: (record) => record.user_id,
  course_ids: (record) => record.course_revision?.course?.id,
};

/**
 * The records from the place `from` on that pass every filter of the request, at most a page of them.
 *
 * `next`: the place where the next page begins, or null after the last record. `updated_after` is exclusive here: the
 * reference does not say, and this is the harder one for who reads.
 */
export function readPage(
  view: RecordView,
  request: PageRequest,
  from: number,
  unsupported: readonly FilterName[],
): { results: ProgressionRecord[]; next: number | null } {
  const passes = fieldFilter(request, unsupported);
  const results: ProgressionRecord[] = [];
  for (const place of placesFrom(view, request, from)) {
    if (request.updated_after !== undefined && view.changedAt(place) <= request.updated_after) continue;
    if (!request.include_deleted && view.removed(place)) continue;
    const record = view.record(place);
    if (!passes(record)) continue;
    if (results.length === request.page_size) return { results, next: place };
    results.push(record);
  }
  return { results, next: null };
}

const fieldFilter = (request: PageRequest, unsupported: readonly FilterName[]) => {
  const names: readonly FilterName[] = ['ids', 'remote_ids', 'user_ids', 'course_ids'];
  const wanted = names.flatMap((name) => {
    const values = request[name];
    if (values === undefined) return [];
    if (!unsupported.includes(name)) return [{ field: fieldOf[name], values }];
    return request.ignore_unsupported_filters ? [] : [{ field: () => null, values }];
  });
  return (record: ProgressionRecord) =>
    wanted.every(({ field, values }) => {
      const value = field(record);
      return value != null && values.has(value);
    });
};

function* placesFrom(view: RecordView, { ids }: PageRequest, from: number): Generator<number> {
  if (ids !== undefined && view.placeOf !== undefined) {
    const places = [...ids].flatMap((id) => view.placeOf?.(id) ?? []);
    yield* places.filter((place) => place >= from).sort((a, b) => a - b);
    return;
  }
  for (let place = from; place < view.size; place += 1) yield place;
}
