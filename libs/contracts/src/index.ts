export { defineMessage, topicOf, topicsOf } from './define-message.js';
export type { MessageContract, PayloadOf } from './define-message.js';
export { LANES, Lane } from './lane.js';
export { Tenant, tenantIdOf, tenantOf } from './tenant.js';
export {
  CampaignKind, CampaignStatus, Channel, Consents, Instant, JsonObject, Throughput, UnknownOutcome, UnknownProfiles,
} from './words.js';
export { ExecutionTotals, MessageState, PENDING_STATES, executionStatusOf, totalOf } from './message-state.js';
export type { TotalName } from './message-state.js';
export { ExclusionCode, adobeNumberOf } from './exclusion-code.js';

export { AcceptedRecipient, ExecutionAccepted } from './messages/execution-accepted.js';
export { ChannelData } from './messages/recipient-fields.js';
export { RecipientResolved } from './messages/recipient-resolved.js';
export { AudienceRecipientExcluded, ProfileRecipientExcluded } from './messages/recipient-excluded.js';
export type { RecipientExcluded } from './messages/recipient-excluded.js';
export { ExecutionResolved } from './messages/execution-resolved.js';
export { RecipientReady } from './messages/recipient-ready.js';
export { DeliveryFailure, StatusChanged } from './messages/status-changed.js';
export { ExecutionCompleted } from './messages/execution-completed.js';
export { ExecutionRejected, ExecutionRequested } from './messages/trigger.js';

export { RULE_LIMITS, RelativeTime, Rule, RuleField, RuleGroup, RuleOperator, RuleValue } from './audiences/rules.js';
export { COMPOSITION_LIMITS, Composition } from './audiences/composition.js';
export { AudienceDefinition, AudienceSource, EvaluationSchedule } from './audiences/audience-definition.js';

export { Configuration, ConfigurationChanged, configurationKeyOf } from './configuration/configuration-changed.js';
export type { ConfigurationKind, ConfigurationOf } from './configuration/configuration-changed.js';
export {
  ApiKey, CampaignState, CampaignVersion, ChannelConfiguration, EmailContent, NamespaceDefinition, NamespaceType,
  SandboxSettings, Scope, Sealed, Shield, SmtpProvider, WebhookEndpoint,
} from './configuration/parts.js';

export { ALL_MESSAGES } from './all-messages.js';

export { ERROR_CODES } from './http/error-codes.js';
export type { ErrorCode } from './http/error-codes.js';
export { Fault, Problem } from './http/problem.js';
export {
  CancelExecution, CancelledExecution, IdentifiedProfiles, ProfilesOfIdentities, RecipientStatus, TimelineEntry, UpsertProfile,
} from './http/internal.js';
export { SECRET_PURPOSE } from './configuration/secret-purpose.js';

export { Name, PageQuery, TimeZone, pageOf, pageQuery } from './http/admin/fields.js';
export type { Page } from './http/admin/fields.js';
export { Organization, OrganizationPatch, Sandbox, SandboxInput } from './http/admin/sandboxes.js';
export { ApiKeyInfo, ApiKeyInput, CreatedApiKey } from './http/admin/api-keys.js';
export { Namespace, NamespaceInput, NamespacePatch } from './http/admin/namespaces.js';
export {
  ChannelConfigurationInfo, ChannelConfigurationInput, ChannelConfigurationPatch, ChannelVerification,
} from './http/admin/channel-configurations.js';
export type { EmailSettingsInput } from './http/admin/channel-configurations.js';
export {
  Campaign, CampaignCurl, CampaignInput, CampaignPatch, CampaignValidation, CampaignVersionInfo, Preview, PreviewInput,
} from './http/admin/campaigns.js';
export { BulkProfiles, Profile, ProfileIdentity, ProfileInput } from './http/admin/profiles.js';
export {
  CreatedFeedbackWebhook, FeedbackWebhook, FeedbackWebhookInput, FeedbackWebhookPatch,
} from './http/admin/feedback-webhooks.js';
export {
  Audience, AudienceInput, AudienceMember, AudiencePatch, AudienceQuery, Estimate, EstimateInput, Evaluation, Upload, UploadQuery,
} from './http/admin/audiences.js';
export { HoldExecution, LatestEvaluations, Run, RunPreview, RunPreviewInput } from './http/internal-audiences.js';
export { ExecutionInfo, ExecutionQuery, RecipientInfo, RecipientQuery } from './http/admin/executions.js';

export {
  FeedbackEvent, FeedbackStatus, WebhookAttemptPage, WebhookAttemptRecord, WebhookCallOutcome,
  WebhookEndpointCondition, WebhookTestOutcome, feedbackEventExample, feedbackStatusOf,
} from './http/feedback.js';
export {
  AcceptedAudienceCall, AudienceCall, AudienceDryRun, AudienceExecutionAnswer, ScheduleAnswer, ScheduledCall,
} from './http/execution.js';
export {
  AcceptedCall, CallRecipient, DryRunAnswer, ExecutionStatusAnswer, RecipientPage, RecipientResult, UnitaryCall,
} from './http/execution.js';
