import { Injectable } from '@nestjs/common';
import type { CampaignVersion, RecipientReady } from '@postrider/contracts';
import { compileEmail, type CompiledEmail } from '@postrider/content';
import { isWellFormedEmail } from '@postrider/identity';
import { ConfigurationTable } from '@postrider/kafka';
import { AppError } from '@postrider/runtime';
import { MailTemplate } from '../mime/mail-template.js';
import { Providers } from '../providers/providers.service.js';
import type { Provider } from '../providers/provider.js';
import type { Envelope } from '../smtp/send-result.js';

/** A mail that is ready to leave, and the way it goes. */
export interface PreparedMail {
  envelope: Envelope;
  provider: Provider;
  version: CampaignVersion;
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

  prepare(ready: RecipientReady, now: Date): PreparedMail | NoMail {
    if (!isWellFormedEmail(ready.address)) return { code: 'MALFORMED_ADDRESS', reason: 'The address is not well formed.' };
    const compiled = this.compiledVersion(ready.campaignVersionId);
    const channel = compiled && this.providers.find(compiled.version.channelConfigurationId);
    if (!compiled || !channel) return { code: 'RENDERING', reason: 'The campaign version or its channel configuration is not known.' };
    try {
      const rendered = compiled.content.render({ profile: ready.attributes, context: ready.context });
      const template = this.templateOf(compiled.version, channel.provider, channel.configuration);
      const facts = { messageId: ready.messageId, to: ready.address, date: now };
      const content = (takes8Bit: boolean): string => template.compose(rendered, facts, takes8Bit);
      return { envelope: { from: template.from, to: ready.address, content }, provider: channel.provider, version: compiled.version };
    } catch (error) {
      if (error instanceof AppError && error.kind === 'invalid') return { code: 'RENDERING', reason: error.detail };
      throw error;
    }
  }

  private compiledVersion(id: string): CompiledVersion | undefined {
    const known = this.compiled.get(id);
    if (known) return known;
    const version = this.configurations.get('campaign-version', id);
    if (!version) return undefined;
    const compiled = { version, content: compileEmail(version.content) };
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

export const isMail = (prepared: object): prepared is PreparedMail => 'envelope' in prepared;
