import { Injectable } from '@nestjs/common';
import type { CampaignVersion, EmailContent, JsonObject, RecipientReady } from '@postrider/contracts';
import { compileEmail, type CompiledEmail } from '@postrider/content';
import { isWellFormedEmail } from '@postrider/identity';
import { ConfigurationTable } from '@postrider/kafka';
import { AppError } from '@postrider/runtime';
import { MailTemplate } from '../mime/mail-template.js';
import { Providers, type WayOut } from '../providers/providers.service.js';
import type { Provider } from '../providers/provider.js';
import type { Envelope } from '../smtp/send-result.js';

/** A mail that can be made, and the way it goes. */
export interface PreparedMail {
  provider: Provider;
  version: CampaignVersion;
  /** Renders it, right before it leaves: a whole chunk of mails would be megabytes. @throws RenderingFailed */
  render: (date: Date, context: JsonObject) => Envelope;
}

/** Why there is no mail for a recipient. */
export interface NoMail {
  code: 'RENDERING' | 'MALFORMED_ADDRESS';
  reason: string;
}

/** Its campaign version, or the way out, has not arrived here yet: configuration travels on a topic of its own. */
export const NOT_CONFIGURED_YET = Symbol('not configured yet');

interface CompiledVersion {
  version: CampaignVersion;
  content: CompiledEmail;
}

/** Versions kept compiled; the one that was used the longest ago goes first. */
const MOST_COMPILED = 256;

/** Renders and composes; what belongs to a version is compiled once. */
@Injectable()
export class Mails {
  private readonly compiled = new Map<string, CompiledVersion | NoMail>();
  private readonly templates = new WeakMap<Provider, MailTemplate>();

  constructor(
    private readonly configurations: ConfigurationTable,
    private readonly providers: Providers,
  ) {}

  prepare(ready: RecipientReady): PreparedMail | NoMail | typeof NOT_CONFIGURED_YET {
    if (!isWellFormedEmail(ready.address)) return { code: 'MALFORMED_ADDRESS', reason: 'The address is not well formed.' };
    const compiled = this.compiledVersion(ready.campaignVersionId);
    if (!compiled) return NOT_CONFIGURED_YET;
    if (!('version' in compiled)) return compiled;
    const { version, content } = compiled;
    const channel = this.providers.find(version.channelConfigurationId);
    if (!channel) return NOT_CONFIGURED_YET;
    const template = this.templateOf(channel);
    const render = (date: Date, context: JsonObject): Envelope => {
      const rendered = content.render({ profile: ready.attributes, context });
      const facts = { messageId: ready.messageId, to: ready.address, date };
      return { from: template.from, to: ready.address, content: (takes8Bit) => template.compose(rendered, facts, takes8Bit) };
    };
    return { provider: channel.provider, version, render };
  }

  private compiledVersion(id: string): CompiledVersion | NoMail | undefined {
    const known = this.compiled.get(id);
    if (known) this.compiled.delete(id);
    const version = known ? undefined : this.configurations.get('campaign-version', id);
    const compiled = known ?? (version && compile(version));
    if (compiled) this.compiled.set(id, compiled);
    if (this.compiled.size > MOST_COMPILED) this.compiled.delete(this.compiled.keys().next().value ?? '');
    return compiled;
  }

  private templateOf({ provider, configuration }: WayOut): MailTemplate {
    const template = this.templates.get(provider) ?? new MailTemplate(configuration);
    this.templates.set(provider, template);
    return template;
  }
}

export const isMail = (prepared: object): prepared is PreparedMail => 'render' in prepared;

/** Content is checked when a campaign is activated; one that got past that, or past older rules, is no reason to stop the others. */
function compile(version: CampaignVersion): CompiledVersion | NoMail {
  try {
    return { version, content: compileEmail(withMailLineEnds(version.content)) };
  } catch (error) {
    if (error instanceof AppError) return { code: 'RENDERING', reason: error.detail };
    throw error;
  }
}

/** Lines of a template end as a mail's do, so that rendered ones need no second pass. */
function withMailLineEnds(content: EmailContent): EmailContent {
  const crlf = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n');
  return { ...content, html: crlf(content.html), text: crlf(content.text) };
}
