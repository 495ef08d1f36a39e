import { Injectable } from '@nestjs/common';
import type { CampaignVersion, EmailContent, RecipientReady } from '@postrider/contracts';
import { compileEmail, type CompiledEmail } from '@postrider/content';
import { isWellFormedEmail } from '@postrider/identity';
import { ConfigurationTable } from '@postrider/kafka';
import { MailTemplate } from '../mime/mail-template.js';
import { Providers } from '../providers/providers.service.js';
import type { Provider } from '../providers/provider.js';
import type { Envelope } from '../smtp/send-result.js';

/** A mail that can be made, and the way it goes. */
export interface PreparedMail {
  provider: Provider;
  version: CampaignVersion;
  /** Renders it, right before it leaves: a whole chunk of mails would be megabytes. @throws RenderingFailed */
  render: (date: Date) => Envelope;
}

/** Why there is no mail for a recipient. */
export interface NoMail {
  code: 'RENDERING' | 'MALFORMED_ADDRESS';
  reason: string;
}

interface CompiledVersion {
  version: CampaignVersion;
  content: CompiledEmail;
}

/** Renders and composes; what belongs to a version is compiled once. */
@Injectable()
export class Mails {
  private readonly compiled = new Map<string, CompiledVersion>();
  private readonly templates = new WeakMap<Provider, Map<string, MailTemplate>>();

  constructor(
    private readonly configurations: ConfigurationTable,
    private readonly providers: Providers,
  ) {}

  prepare(ready: RecipientReady): PreparedMail | NoMail {
    if (!isWellFormedEmail(ready.address)) return { code: 'MALFORMED_ADDRESS', reason: 'The address is not well formed.' };
    const compiled = this.compiledVersion(ready.campaignVersionId);
    const channel = compiled && this.providers.find(compiled.version.channelConfigurationId);
    if (!compiled || !channel) return { code: 'RENDERING', reason: 'The campaign version or its channel configuration is not known.' };
    const { version, content } = compiled;
    const template = this.templateOf(version, channel.provider, channel.configuration);
    const render = (date: Date): Envelope => {
      const rendered = content.render({ profile: ready.attributes, context: ready.context });
      const facts = { messageId: ready.messageId, to: ready.address, date };
      return { from: template.from, to: ready.address, content: (takes8Bit) => template.compose(rendered, facts, takes8Bit) };
    };
    return { provider: channel.provider, version, render };
  }

  private compiledVersion(id: string): CompiledVersion | undefined {
    const known = this.compiled.get(id);
    if (known) return known;
    const version = this.configurations.get('campaign-version', id);
    if (!version) return undefined;
    const compiled = { version, content: compileEmail(withMailLineEnds(version.content)) };
    this.compiled.set(id, compiled);
    return compiled;
  }

  private templateOf(version: CampaignVersion, provider: Provider, configuration: ConstructorParameters<typeof MailTemplate>[1]): MailTemplate {
    const known = this.templates.get(provider) ?? new Map<string, MailTemplate>();
    this.templates.set(provider, known);
    const template = known.get(version.id) ?? new MailTemplate(version.id, configuration);
    known.set(version.id, template);
    return template;
  }
}

export const isMail = (prepared: object): prepared is PreparedMail => 'render' in prepared;

/** Lines of a template end as a mail's do, so that rendered ones need no second pass. */
function withMailLineEnds(content: EmailContent): EmailContent {
  const crlf = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n');
  return { ...content, html: crlf(content.html), text: crlf(content.text) };
}
