import { App, Stack, type StackProps } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { Schoolbell, SchoolbellState } from 'schoolbell';

/** A deployment whose functions run in private subnets. One key encrypts its state, another key its queues. */
export class PrivateStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    // The functions reach Kombo through the NAT gateway, and AWS services without leaving the network of AWS.
    const { DYNAMODB, S3 } = GatewayVpcEndpointAwsService;
    for (const [id, service] of Object.entries({ DYNAMODB, S3 })) vpc.addGatewayEndpoint(id, { service });
    const { SQS, SECRETS_MANAGER, EVENTBRIDGE } = InterfaceVpcEndpointAwsService;
    for (const [id, service] of Object.entries({ SQS, SECRETS_MANAGER, EVENTBRIDGE })) {
      vpc.addInterfaceEndpoint(id, { service });
    }
    const outbound = new SecurityGroup(this, 'Outbound', { vpc, allowAllOutbound: false });
    outbound.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'Kombo and AWS');

    const state = new SchoolbellState(this, 'State', {
      encryptionKey: new Key(this, 'StateKey', { enableKeyRotation: true }),
    });
    new Schoolbell(this, 'Schoolbell', {
      state,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [outbound],
      encryptionKey: new Key(this, 'QueueKey', { enableKeyRotation: true }),
    });
  }
}

new PrivateStack(new App(), 'Learning');
