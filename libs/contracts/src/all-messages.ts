import { ConfigurationChanged } from './configuration/configuration-changed.js';
import type { MessageContract } from './define-message.js';
import { ExecutionAccepted } from './messages/execution-accepted.js';
import { ExecutionCompleted } from './messages/execution-completed.js';
import { ExecutionResolved } from './messages/execution-resolved.js';
import { AudienceRecipientExcluded, ProfileRecipientExcluded } from './messages/recipient-excluded.js';
import { RecipientReady } from './messages/recipient-ready.js';
import { RecipientResolved } from './messages/recipient-resolved.js';
import { StatusChanged } from './messages/status-changed.js';
import { ExecutionRejected, ExecutionRequested } from './messages/trigger.js';

/** Every message of the house: what the topic job creates and the documents list. */
export const ALL_MESSAGES: readonly MessageContract[] = [
  ConfigurationChanged,
  ExecutionAccepted,
  RecipientResolved,
  AudienceRecipientExcluded,
  ProfileRecipientExcluded,
  ExecutionResolved,
  RecipientReady,
  StatusChanged,
  ExecutionCompleted,
  ExecutionRequested,
  ExecutionRejected,
];
