import { RuleTargetInput, type RuleTargetInputProperties } from 'aws-cdk-lib/aws-events';
import type { InputTransformer } from './input-transformer.ts';

/** An input transformer as it is written in `consumers/slack/digest/digest-rules.ts`, and played by the local bus. */
export class TemplateInput extends RuleTargetInput {
  readonly #transformer: InputTransformer;

  constructor(transformer: InputTransformer) {
    super();
    this.#transformer = transformer;
  }

  override bind(): RuleTargetInputProperties {
    const { paths, template } = this.#transformer;
    return { inputPathsMap: paths, inputTemplate: template };
  }
}
