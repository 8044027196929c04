import { isIPv6 } from 'node:net';

/** An IP address as a number of 32 or 128 bits. */
type Address = { bits: 32 | 128; value: bigint };

/** Returns null if a text is no address. An IPv4 address within IPv6 (`::ffff:a00:1`) becomes IPv4. */
export function addressOf(text: string): Address | null {
  if (/^\d+(\.\d+){3}$/.test(text) && text.length <= 15) {
    const parts = text.split('.').map(Number);
    return parts.every((part) => part <= 255) ? { bits: 32, value: joined(parts, 8n) } : null;
  }
  if (!/^[\da-f:]+$/i.test(text) || !isIPv6(text)) return null;
  const [left = [], right = []] = text.split('::').map((side) => (side === '' ? [] : side.split(':')));
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const value = joined(
    [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16)),
    16n,
  );
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

/**
 * Returns a test whether an address is in a block such as `10.0.0.0/24`. Returns null for a block that
 * EventBridge refuses, such as `10.0.0.1/32`.
 */
export function cidrBlock(block: string): ((text: string) => boolean) | null {
  const [, start = '', length = ''] = /^([^/]*)\/\+?(\d+)$/.exec(block) ?? [];
  const first = addressOf(start);
  if (first === null || Number(length) >= first.bits) return null;
  const rest = BigInt(first.bits - Number(length));
  return (text) => {
    const address = addressOf(text);
    return address !== null && address.bits === first.bits && address.value >> rest === first.value >> rest;
  };
}

function joined(parts: number[], bits: bigint): bigint {
  return parts.reduce((value, part) => (value << bits) | BigInt(part), 0n);
}
