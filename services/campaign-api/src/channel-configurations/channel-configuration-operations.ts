import { ChannelConfigurationInfo, ChannelConfigurationInput, ChannelConfigurationPatch, ChannelVerification, PageQuery, pageOf } from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Channel configurations';
const one = 'channel-configurations/:id';

export const LIST_CHANNEL_CONFIGURATIONS = defineOperation({
  id: 'listChannelConfigurations', tag, method: 'GET', path: 'channel-configurations', scope: 'read', status: 200, query: PageQuery,
  answer: pageOf(ChannelConfigurationInfo), summary: 'Channel configurations, newest first',
});
export const CREATE_CHANNEL_CONFIGURATION = defineOperation({
  id: 'createChannelConfiguration', tag, method: 'POST', path: 'channel-configurations', scope: 'admin', status: 201,
  body: ChannelConfigurationInput, answer: ChannelConfigurationInfo, summary: 'Make a channel configuration; its password is sealed and never shown',
});
export const GET_CHANNEL_CONFIGURATION = defineOperation({
  id: 'getChannelConfiguration', tag, method: 'GET', path: one, scope: 'read', status: 200, answer: ChannelConfigurationInfo, summary: 'One channel configuration',
});
export const EDIT_CHANNEL_CONFIGURATION = defineOperation({
  id: 'editChannelConfiguration', tag, method: 'PATCH', path: one, scope: 'admin', status: 200, conditional: true,
  body: ChannelConfigurationPatch, answer: ChannelConfigurationInfo, summary: 'Edit a channel configuration, in force at once',
});
export const DELETE_CHANNEL_CONFIGURATION = defineOperation({
  id: 'deleteChannelConfiguration', tag, method: 'DELETE', path: one, scope: 'admin', status: 204, summary: 'Delete a channel configuration that no running campaign uses',
});
export const VERIFY_CHANNEL_CONFIGURATION = defineOperation({
  id: 'verifyChannelConfiguration', tag, method: 'POST', path: `${one}/verify`, scope: 'admin', status: 200, answer: ChannelVerification,
  summary: 'Connect to the provider and sign in, without sending anything',
});
