import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import type { Services } from './services.ts';

/** The engine that runs everywhere, in a process of its own. */
const { endpoint, table } = await startEmbeddedDynamoDb();
process.send?.({ dynamoDb: endpoint, table } satisfies Pick<Services, 'dynamoDb' | 'table'>);
