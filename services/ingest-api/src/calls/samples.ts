import { Injectable } from '@nestjs/common';
import type { CampaignVersion, DryRunAnswer } from '@postrider/contracts';
import { compileEmail, type CompiledEmail, type RenderingScope } from '@postrider/content';
import { AppError } from '@postrider/runtime';

/** What somebody would get, or why it cannot be rendered. */
export type Sample = (scope: RenderingScope) => Pick<DryRunAnswer['recipients'][number], 'sample' | 'error'>;

/** Renders what dry runs show. */
@Injectable()
export class Samples {
  /** By version: versions never change. */
  private readonly contents = new Map<string, CompiledEmail>();

  of({ id, content }: CampaignVersion): Sample {
    const known = this.contents.get(id) ?? compileEmail(content);
    this.contents.set(id, known);
    return (scope) => {
      try {
        const { subject, html, text } = known.render(scope);
        return { sample: { subject, html, text } };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { error: { code: 'RENDERING', message: error.detail } };
      }
    };
  }
}
