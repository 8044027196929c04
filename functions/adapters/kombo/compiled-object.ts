import { type $InferObjectOutput, $ZodObjectJIT, type $ZodShape, type $ZodType } from 'zod/v4/core';

type Compiled<Shape extends $ZodShape> = $ZodType<$InferObjectOutput<Shape, Record<never, never>>, unknown>;

/**
 * An object schema that zod compiles when it is first used, as those of zod itself are and those of zod/mini are not: for
 * what is parsed by the hundred thousand. A page of 250 records takes 0.2 ms instead of 0.9.
 */
export function compiledObject<Shape extends $ZodShape>(shape: Shape): Compiled<Shape>;
// zod's constructor does not keep the shape's type.
export function compiledObject(shape: $ZodShape): $ZodType {
  return new $ZodObjectJIT({ type: 'object', shape });
}
