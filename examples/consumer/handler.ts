import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parse, unlessOutdated } from 'schoolbell-consumer';
import { dynamoDbPositions } from 'schoolbell-consumer/dynamodb-positions';

const positions = dynamoDbPositions({ client: new DynamoDBClient({}), table: process.env['BADGES'] ?? '' });

export async function handler(event: unknown): Promise<void> {
  await unlessOutdated(positions, parse('CourseCompleted', event), async ({ detail }) => {
    console.log(`A badge for learner ${detail.learner.id}: ${detail.course.title}`);
  });
}
