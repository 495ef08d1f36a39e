export { freePort, freePorts } from './free-port.js';
export { kafkaJars, startKafka } from './kafka.js';
export { startPostgres } from './postgres.js';
export { findCommand, installPackages, startRedis } from './redis.js';
export type { KafkaServer, PostgresServer, RedisServer, Server, ServerOptions } from './server.js';
export { waitUntil } from './wait-until.js';
