/**
 * Under this token a module provides the Nest `CustomTransportStrategy` of the process, if it consumes messages;
 * `startService` connects it after the modules are initialised.
 */
export const TRANSPORT_STRATEGY = Symbol('TransportStrategy');
