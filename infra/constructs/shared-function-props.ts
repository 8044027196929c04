import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** The properties that all functions of a construct share. */
export interface SharedFunctionProps {
  /**
   * How long the logs of the functions are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays | undefined;

  /**
   * The VPC of the functions. They call Kombo, DynamoDB, SQS, EventBridge and Secrets Manager, and a function
   * for certificates calls S3. The subnets of the functions must be able to reach all of these services.
   *
   * @default - the functions run outside of a VPC
   */
  readonly vpc?: IVpc | undefined;

  /**
   * The subnets of the VPC.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection | undefined;

  /**
   * The security groups of the functions. Schoolbell opens no inbound port.
   *
   * @default - one new group for each function, which allows all outbound traffic
   */
  readonly securityGroups?: ISecurityGroup[] | undefined;

  /**
   * The KMS key of the data that the construct creates: table, secrets, bus, queues and bucket. Schoolbell
   * adds the necessary permissions to the policy of a key of the same app. The policy of an imported key must
   * allow `events.amazonaws.com` to decrypt and to generate data keys.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The properties that every function needs: the name of its deployment, and the shared properties. */
export type FunctionSettings = SharedFunctionProps & { readonly name: string };
