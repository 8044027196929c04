import { Validations } from 'aws-cdk-lib';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** A secret of this deployment or an adopted one. */
export type AnySecret = ISecret | Secret;

/**
 * A secret that somebody fills in after the deployment. It begins without a value: a generated one would be sent to
 * Kombo as a key.
 */
export class EmptySecret extends Secret {
  constructor(scope: Construct, id: string, { description }: { description: string }) {
    super(scope, id, { description });
    const resource = this.node.defaultChild;
    if (resource instanceof CfnSecret) resource.addPropertyDeletionOverride('GenerateSecretString');
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Kombo issues the value and has no API to rotate it. A new one is used within five minutes.',
    });
  }
}
