/** Apache Kafka in KRaft mode from its Maven artefacts: one broker that is its own controller. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ChildServer } from './child-server.js';
import { freePort, freePorts } from './free-port.js';
import { pidFileIn } from './recorded-process.js';
import type { KafkaServer, ServerOptions } from './server.js';

const run = promisify(execFile);
const KAFKA_VERSION = '4.3.1';
const POM = join(import.meta.dirname, '../kafka-pom.xml');
const CLUSTER_ID = 'cG9zdHJpZGVyLWxvY2FsMQ';
const HEAP = ['-Xms256m', '-Xmx512m'];

const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'postrider', `kafka-${KAFKA_VERSION}`);

const isFetched = (): boolean => existsSync(cacheFolder());

/** Maven is needed only until the jars are here. */
export const kafkaNeeds = (): Record<string, string> => ({ java: 'default-jre-headless', ...(!isFetched() && { mvn: 'maven' }) });

/** Fetched once per machine and user, and shared by all checkouts. */
export async function kafkaJars(): Promise<string> {
  const folder = cacheFolder();
  if (isFetched()) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  await run('mvn', ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`], { maxBuffer: 1 << 24 });
  if (isFetched()) rmSync(partial, { recursive: true });
  else renameSync(partial, folder);
  return folder;
}

/**
 * Written to the disk each second. Left to itself, the system does so with all that is older than 30 s at once, and a commit of
 * Postgres on the same disk waits for it up to 430 ms.
 */
const FLUSHED_EACH_SECOND = { 'log.flush.interval.ms': 1_000, 'log.flush.scheduler.interval.ms': 1_000 };

function propertiesOf(dir: string, port: number, controllerPort: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(dir, 'data'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'message.max.bytes': 8_388_608,
    ...FLUSHED_EACH_SECOND,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

const LOGGING = `<Configuration status="ERROR"><Appenders><Console name="out"><PatternLayout pattern="%d %p %c{1} %m%n"/></Console></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers></Configuration>\n`;

async function reachable(port: number): Promise<void> {
  await new Promise<void>((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done();
    });
    socket.once('error', fail);
  });
}

export async function startKafka({ dir, port }: ServerOptions): Promise<KafkaServer> {
  const jars = join(await kafkaJars(), '*');
  mkdirSync(dir, { recursive: true });
  const listen = port || (await freePort());
  const [controllerPort = 0] = await freePorts(1);
  const properties = join(dir, 'server.properties');
  const logging = join(dir, 'log4j2.xml');
  writeFileSync(properties, propertiesOf(dir, listen, controllerPort));
  writeFileSync(logging, LOGGING);
  const java = ['-cp', jars, `-Dlog4j2.configurationFile=${logging}`];
  if (!existsSync(join(dir, 'data', 'meta.properties'))) {
    await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties]);
  }
  const server = await ChildServer.start({
    name: 'Kafka',
    command: 'java',
    args: [...HEAP, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=4', ...java, 'kafka.Kafka', properties],
    logFile: join(dir, 'kafka.log'),
    pidFile: pidFileIn(dir),
    answers: () => reachable(listen),
  });
  return Object.assign(server, { brokers: [`127.0.0.1:${listen}`] });
}
