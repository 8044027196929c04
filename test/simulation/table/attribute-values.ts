import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

export function equalValues(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) === Number(b.N);
  if (a.S !== undefined && b.S !== undefined) return a.S === b.S;
  return canonical(a) === canonical(b);
}

/**
 * Compares two strings, two numbers or two binaries: returns a negative number, 0, or a positive number.
 * Returns null for all other pairs. Then no item matches.
 */
export function compareValues(a: AttributeValue | undefined, b: AttributeValue | undefined): number | null {
  if (a?.S !== undefined && b?.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if (a?.N !== undefined && b?.N !== undefined) return Number(a.N) - Number(b.N);
  if (a?.B !== undefined && b?.B !== undefined) return Buffer.compare(a.B, b.B);
  return null;
}

export function beginsWith(value: AttributeValue | undefined, start: AttributeValue | undefined): boolean {
  return value?.S !== undefined && start?.S !== undefined && value.S.startsWith(start.S);
}

export function containsValue(whole: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (whole?.S !== undefined && part?.S !== undefined) return whole.S.includes(part.S);
  if (whole?.SS !== undefined && part?.S !== undefined) return whole.SS.includes(part.S);
  return whole?.L?.some((element) => equalValues(element, part)) ?? false;
}

/** Returns the type's name as DynamoDB writes it: `S`, `N`, `M`, ... */
export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0] ?? '';
}

/**
 * Returns the length of a string or a binary in bytes, or of a set, list or map in elements. Returns null for
 * the other types, which have no size.
 */
export function sizeOf(value: AttributeValue): number | null {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  const many = value.L ?? value.SS ?? value.NS;
  if (many !== undefined) return many.length;
  return value.M === undefined ? null : Object.keys(value.M).length;
}

export function number(value: AttributeValue | undefined): number {
  if (value?.N === undefined)
    throw validation('An operand in the update expression has an incorrect data type');
  return Number(value.N);
}

/** Returns DynamoDB's error for an invalid request. */
export function validation(message: string): Error {
  return Object.assign(new Error(message), { name: 'ValidationException' });
}

/** Returns the value as JSON with sorted keys, so that equal values give equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString('base64');
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
