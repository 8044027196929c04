import type { Item } from './attribute-values.ts';
import type { Placeholders } from './condition-expression.ts';

/**
 * Returns the attributes that a projection names, or all of them without a projection. Supports top-level
 * attributes only.
 */
export function project(item: Item, expression: string | undefined, { names }: Placeholders): Item {
  if (expression === undefined) return { ...item };
  const projected: Item = {};
  for (const word of expression.split(',')) {
    const attribute = names?.[word.trim()] ?? word.trim();
    const value = item[attribute];
    if (value !== undefined) projected[attribute] = value;
  }
  return projected;
}
