import {
  BatchExecuteStatementCommand,
  type BatchExecuteStatementCommandInput,
  type BatchExecuteStatementCommandOutput,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  PutItemCommand,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';

/**
 * The DynamoDB calls that the store makes. They are functions, so that a simulation or a counter can replace
 * them.
 */
export type DynamoDbCalls = {
  getItem(input: GetItemCommandInput): Promise<GetItemCommandOutput>;
  batchGetItem(input: BatchGetItemCommandInput): Promise<BatchGetItemCommandOutput>;
  putItem(input: PutItemCommandInput): Promise<PutItemCommandOutput>;
  updateItem(input: UpdateItemCommandInput): Promise<UpdateItemCommandOutput>;
  deleteItem(input: DeleteItemCommandInput): Promise<DeleteItemCommandOutput>;
  query(input: QueryCommandInput): Promise<QueryCommandOutput>;
  batchExecuteStatement(
    input: BatchExecuteStatementCommandInput,
  ): Promise<BatchExecuteStatementCommandOutput>;
};

/**
 * Steps of the AWS client that DynamoDB does not need. The first copies every request and response even without a
 * logger, which costs a fifth of a poll's processor time. The others add headers: the client's version, and the trace
 * with which AWS stops loops between Lambda, SQS, SNS and S3.
 */
const UNUSED_STEPS = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/**
 * Returns the calls that use a client. Removes the unused steps from the client. Only the commands that are named here
 * are bundled.
 */
export function dynamoDbCalls(client: DynamoDBClient): DynamoDbCalls {
  for (const step of UNUSED_STEPS) client.middlewareStack.remove(step);
  return {
    getItem: (input) => client.send(new GetItemCommand(input)),
    batchGetItem: (input) => client.send(new BatchGetItemCommand(input)),
    putItem: (input) => client.send(new PutItemCommand(input)),
    updateItem: (input) => client.send(new UpdateItemCommand(input)),
    deleteItem: (input) => client.send(new DeleteItemCommand(input)),
    query: (input) => client.send(new QueryCommand(input)),
    batchExecuteStatement: (input) => client.send(new BatchExecuteStatementCommand(input)),
  };
}
