/** Code points, first and last of each range. */
export type CodePointRanges = [first: number, last: number][];

/** Ranges as CSS writes them: `U+0460-052F,U+20B4`. */
export function parseRanges(text: string): CodePointRanges {
  return text.split(',').map((range) => {
    const [first = '', last = first] = range.trim().replace(/^U\+/i, '').split('-');
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
  });
}

export function includes(ranges: CodePointRanges, point: number): boolean {
  return ranges.some(([first, last]) => point >= first && point <= last);
}
