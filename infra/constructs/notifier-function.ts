import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  type SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { functionCode } from './function-code.ts';
import { memoryOptions } from './function-options.ts';
import type { FunctionSettings } from './shared-props.ts';

type NotifierFunctionProps = {
  settings: FunctionSettings;
  /** The path of the function's file, relative to the project's root. */
  entry: string;
  /** Packages that read their own files, and so are copied next to the bundle. */
  packages?: string[];
  description: string;
  timeout: Duration;
  memorySize: number;
  environment: Record<string, string>;
  reservedConcurrentExecutions?: number;
  /** By default Lambda writes all of its own log lines. */
  systemLogLevelV2?: SystemLogLevel;
  /**
   * Whether the function sends messages to the queue that calls it. If false, Lambda's recursive loop
   * detection stops such a loop after about 16 calls.
   */
  callsItself?: boolean;
};

/** The policy of the bus recognises the roles of the functions by this path: AWS generates their names. */
export function rolePath({ name }: Pick<FunctionSettings, 'name'>): string {
  return `/schoolbell/${name}/`;
}

/** A function with its own log group and role, and only the rights granted to it. */
export class NotifierFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: NotifierFunctionProps) {
    const { settings, entry, packages = [], environment, callsItself = false, ...rest } = props;
    const { vpc, vpcSubnets, securityGroups, logRetention = RetentionDays.ONE_MONTH } = settings;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      path: rolePath(settings),
    });
    logGroup.grantWrite(role);
    if (vpc !== undefined) admitToVpc(role);
    super(scope, id, {
      ...rest,
      ...(vpc && { vpc }),
      ...(vpcSubnets && { vpcSubnets }),
      ...(securityGroups && { securityGroups }),
      code: functionCode(entry, packages),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own tracing: AWS no longer supports the X-Ray SDK from February 2027.
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
      reason:
        'The X-Ray actions PutTraceSegments and PutTelemetryRecords, and the actions on network interfaces in a VPC, cannot be limited to resources.',
    });
  }
}

/**
 * These calls cannot be limited to resources:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function admitToVpc(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
}
