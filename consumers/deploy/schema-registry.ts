import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import { eventSchema } from '../../catalogue/event-schema.ts';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import { eventTypes } from '../../functions/contract/published-events.ts';

/** Creates a schema registry of EventBridge with the JSON Schemas of all events. The console and IDEs generate code from it. */
export class SchemaRegistry extends Construct {
  constructor(scope: Construct, id: string, { name }: { name: string }) {
    super(scope, id);
    const registry = new CfnRegistry(this, 'Registry', {
      registryName: name,
      description: 'What happened to course progressions',
    });
    for (const type of eventTypes) {
      const schema = new CfnSchema(this, type, {
        registryName: name,
        schemaName: `${EVENT_SOURCE}@${type}`,
        type: 'JSONSchemaDraft4',
        content: JSON.stringify(eventSchema(type, 'draft-04')),
      });
      schema.addResourceDependency(registry);
    }
  }
}
