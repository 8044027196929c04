import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, IEventBus } from 'aws-cdk-lib/aws-events';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';

/*
 * Types of resources that an app creates or imports. Each has the CDK's interface and its class, because
 * under strict compiler options the CDK's classes are not assignable to their own interfaces.
 */

/** A table. */
export type AnyTable = ITable | Table;

/** A secret. */
export type AnySecret = ISecret | Secret;

/** An event bus. */
export type AnyBus = IEventBus | EventBus;
