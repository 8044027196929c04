"""Checks the IAM policies of synthesised templates with parliament.

    python check-policies.py cdk.out/*.template.json

Prints each finding, with the template and the policy. Exits with 1 when there is a finding or no policy. parliament knows
the actions of AWS, and the resources and conditions of each action. It needs ARNs, so the check replaces each reference to a
resource by an ARN of the same type.
"""

import json
import sys

import parliament

ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:us-east-1:123456789012:table/name",
    "AWS::Events::ApiDestination": "events:us-east-1:123456789012:api-destination/name",
    "AWS::Events::EventBus": "events:us-east-1:123456789012:event-bus/name",
    "AWS::Lambda::Function": "lambda:us-east-1:123456789012:function:name",
    "AWS::Logs::LogGroup": "logs:us-east-1:123456789012:log-group:name:*",
    "AWS::S3::Bucket": "s3:::name",
    "AWS::SecretsManager::Secret": "secretsmanager:us-east-1:123456789012:secret:name-AbCdEf",
    "AWS::SNS::Topic": "sns:us-east-1:123456789012:name",
    "AWS::SQS::Queue": "sqs:us-east-1:123456789012:name",
}
# Examples of the values that the state stack writes to parameters of Systems Manager. The keys are the last parts of
# the parameters' names.
PARAMETERS = {
    "alarm-topic": "arn:aws:" + ARNS["AWS::SNS::Topic"],
    "bus": "arn:aws:" + ARNS["AWS::Events::EventBus"],
    "kombo-secret": "arn:aws:" + ARNS["AWS::SecretsManager::Secret"],
    "remote-ids-key": "arn:aws:" + ARNS["AWS::SecretsManager::Secret"],
    "table": "name",
    "webhook-secret": "arn:aws:" + ARNS["AWS::SecretsManager::Secret"],
}
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/name/id",
    "AWS::StackName": "name",
}


def resolved(value, template):
    """Returns a value of a template, with its references and joins replaced by text."""
    if isinstance(value, list):
        return [resolved(item, template) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(resolved(parts, template))
    if "Fn::GetAtt" in value:
        name = value["Fn::GetAtt"][0]
        return "arn:aws:" + ARNS[template["Resources"][name]["Type"]]
    if "Ref" in value:
        name = value["Ref"]
        if name in template.get("Parameters", {}):
            return PARAMETERS[template["Parameters"][name]["Default"].rsplit("/", 1)[-1]]
        return PSEUDO.get(name, "name")
    return {key: resolved(item, template) for key, item in value.items()}


def policies(template):
    """Yields each policy of a template with its logical id: managed and inline policies, and policies of roles and buses."""
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            yield name, properties["PolicyDocument"]
        if resource["Type"] == "AWS::Events::EventBusPolicy":
            yield name, {"Version": "2012-10-17", "Statement": [properties["Statement"]]}
        if resource["Type"] == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                yield f"{name}/{policy['PolicyName']}", policy["PolicyDocument"]


def main(paths):
    checked = 0
    findings = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            template = json.load(file)
        for name, document in policies(template):
            checked += 1
            analyzed = parliament.analyze_policy_string(json.dumps(resolved(document, template)))
            for finding in analyzed.findings:
                findings += 1
                print(f"{path} {name}: {finding.issue} {finding.detail}")
    print(f"{checked} policies checked, {findings} findings")
    return 1 if findings or not checked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
