import { holdsData, type Resource, replaces, type StackFacts } from './stack-facts.ts';

/**
 * The facts about each stack, by the last part of the stack's name, in the order in which the stacks are
 * deployed.
 */
export type DeploymentFacts = Map<string, StackFacts>;

/**
 * Returns the problems of changing one deployment into another by `cdk deploy --all`: CloudFormation would
 * refuse the change, data would be lost, or a deployed stack would use a removed resource. Stacks that the
 * new settings do not contain remain deployed and unchanged.
 *
 * @param keepsState whether the old settings keep state. Otherwise data may be removed together with its
 *   setting
 */
export function changeProblems(
  before: DeploymentFacts,
  after: DeploymentFacts,
  { keepsState }: { keepsState: boolean },
): string[] {
  const update = keepsState ? updateKeepingData : updateLosingData;
  const deployed = new Map(before);
  return [...after].flatMap(([stack, next]) => {
    const last = deployed.get(stack);
    const others = [...deployed].filter(([other]) => other !== stack);
    deployed.set(stack, next);
    const found = [
      ...next.locks.map((lock) => `${lock} locks stacks to each other`),
      ...next.nulls.map((path) => `null at ${path}`),
      ...keptNames(next),
      ...(last === undefined ? [] : update(last, next)),
      ...others.flatMap(([other, facts]) =>
        takenNames(next, facts).map((name) => `${name} is taken by ${other}`),
      ),
      ...unwritten(deployed),
    ];
    return found.map((problem) => `${stack}: ${problem}`);
  });
}

const updateKeepingData = remembered((last, next) => updateProblems(last, next, true));
const updateLosingData = remembered((last, next) => updateProblems(last, next, false));
const takenNames = remembered((one, other) => {
  const taken = new Set(other.names.values());
  return [...one.names.values()].filter((name) => taken.has(name));
});

/**
 * Caches the results of a function of two stacks, because thousands of deployments have few different stacks.
 */
function remembered(compare: (one: StackFacts, other: StackFacts) => string[]): typeof compare {
  const results = new WeakMap<StackFacts, WeakMap<StackFacts, string[]>>();
  return (one, other) => {
    const ofOne = results.get(one) ?? new WeakMap<StackFacts, string[]>();
    results.set(one, ofOne);
    const result = ofOne.get(other) ?? compare(one, other);
    ofOne.set(other, result);
    return result;
  };
}

/**
 * Returns the problems of resources that are kept when their stack is removed, and whose names the next stack
 * would use again.
 */
function keptNames({ resources, names }: StackFacts): string[] {
  return [...names.keys()]
    .filter(
      (id) => resources.get(id)?.DeletionPolicy === 'Retain' && !names.get(id)?.includes('AWS::StackId'),
    )
    .map((id) => `${id} is kept, so the next stack cannot create a resource with the same name`);
}

/**
 * Returns the problems of updating one stack: resources that are removed or replaced although they hold data
 * or are in use, and names that two resources would have at the same time.
 */
function updateProblems(last: StackFacts, next: StackFacts, keepsData: boolean): string[] {
  const used = new Set([...last.writes.values()].flat());
  const problems: string[] = [];
  for (const [id, resource] of last.resources) {
    const isNeeded = holdsData(resource.Type) || used.has(id);
    const updated = next.resources.get(id);
    if (updated === undefined) {
      const isKept = resource.DeletionPolicy === 'Retain';
      if (keepsData && isNeeded && !isKept) problems.push(`${id} is deleted`);
      if (isKept && last.names.has(id))
        problems.push(`${id} is kept, so a change back cannot create a resource with the same name`);
      continue;
    }
    const cause = causeOfReplacement(resource, updated);
    if (cause === null) continue;
    if (isNeeded) problems.push(`${id} is replaced, because ${cause} changes`);
    if (next.names.has(id) && next.names.get(id) === last.names.get(id)) {
      problems.push(`${id} cannot be replaced by one with the same name, because ${cause} changes`);
    }
  }
  for (const [id, name] of next.names) {
    const [holder] = [...last.names].find(([other, taken]) => other !== id && taken === name) ?? [];
    if (holder !== undefined)
      problems.push(`${id} is created before ${holder}, which has the same name, is deleted`);
  }
  return problems;
}

/**
 * Returns the reason why CloudFormation replaces a resource, or null if CloudFormation updates the resource.
 */
function causeOfReplacement(last: Resource, next: Resource): string | null {
  if (last.Type !== next.Type) return 'its type';
  const properties = new Set([...Object.keys(last.Properties), ...Object.keys(next.Properties)]);
  const changed = [...properties].find(
    (property) =>
      replaces(last.Type, property) &&
      JSON.stringify(last.Properties[property]) !== JSON.stringify(next.Properties[property]),
  );
  return changed ?? null;
}

/**
 * Returns the parameters that a deployed stack reads and no stack writes. Such a stack could not be deployed
 * again.
 */
function unwritten(deployed: DeploymentFacts): string[] {
  const written = new Set([...deployed.values()].flatMap(({ writes }) => [...writes.keys()]));
  return [...deployed].flatMap(([stack, { reads }]) =>
    reads.filter((name) => !written.has(name)).map((name) => `${stack} reads ${name}, which no stack writes`),
  );
}
