import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  type SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { bundledCode } from './bundled-code.ts';
import { memoryOptions } from './function-options.ts';

/** The settings that every function needs: the name of the deployment, and how long its logs are kept. */
export type FunctionSettings = Pick<Settings, 'name' | 'logRetentionDays'>;

export type NotifierFunctionProps = {
  settings: FunctionSettings;
  /** Its file, by its path below the root. */
  entry: string;
  /** Packages that read files of their own, and are copied beside the bundle with their dependencies. */
  packages?: string[];
  description: string;
  timeout: Duration;
  memorySize: number;
  environment: Record<string, string>;
  reservedConcurrentExecutions?: number;
  /** Of Lambda's own log lines; all of them by default. */
  systemLogLevelV2?: SystemLogLevel;
  /** The function sends messages to its own queue. Without this, Lambda stops the chain after about 16 calls. */
  callsItself?: boolean;
};

/** The path of the roles of a deployment's functions, by which the bus's policy knows them: AWS generates their names. */
export function rolePath({ name }: Pick<Settings, 'name'>): string {
  return `/schoolbell/${name}/`;
}

/** A function of Schoolbell: bundled, traced, with a log group, and without rights except those that are granted. */
export class NotifierFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: NotifierFunctionProps) {
    const { settings, entry, packages = [], environment, callsItself = false, ...rest } = props;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      path: rolePath(settings),
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      ...rest,
      code: bundledCode(entry, packages),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own tracing: the X-Ray SDK is no longer supported from February 2027.
      tracing: Tracing.ACTIVE,
      recursiveLoop: callsItself ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      environment: {
        ...environment,
        POWERTOOLS_SERVICE_NAME: settings.name,
        NODE_OPTIONS: memoryOptions(rest.memorySize).join(' '),
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources for PutTraceSegments and PutTelemetryRecords to be limited to.',
    });
  }
}
