/** What a sealed secret of the configuration is for: with the tenantId, the associated data that it is bound to. */
export const SECRET_PURPOSE = {
  smtpPassword: 'smtp-password',
  webhookHeaders: 'webhook-headers',
  webhookSecret: 'webhook-secret',
} as const;
