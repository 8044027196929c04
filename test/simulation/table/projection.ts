import type { Item } from './attribute-values.ts';
import type { Placeholders } from './condition-expression.ts';

/** The attributes that a projection asks for; all of them without one. Top-level attributes only. */
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
