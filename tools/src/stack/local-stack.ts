/**
 * The whole house on one machine: stores and broker, schemas and topics, a mail sink, every service, and the keeper that
 * starts again what dies. One process owns it; `stop` leaves nothing running.
 */
import { join } from 'node:path';
import { freePorts } from '@postrider/local-stack';
import { ensureDatabase, migrate } from '../migrate/migrate.js';
import { openInfra, type Progress, type RunningInfra } from './infra.js';
import { Keeper } from './keeper.js';
import { secretsIn, type StackSecrets } from './secrets.js';
import { ServiceProcess } from './service-process.js';
import { LOCAL_ORG, LOCAL_SANDBOX, SERVICE_NAMES, serviceProcess, urlOf, type ServiceName, type ServiceSettings } from './services.js';
import { removeStackFile, writeStackFile, type StackFile } from './stack-file.js';
import { LOCAL_TOPICS, makeTopics } from './topics.js';

export interface LocalStackOptions {
  root: string;
  /** Data, logs and `stack.json` live below it. */
  dir: string;
  progress: Progress;
  log: (text: string) => void;
}

const DATABASE = 'postrider';
const SINK_NAME = 'smtp-sink';

export class LocalStack {
  private infra: RunningInfra | undefined;
  private processes: ServiceProcess[] = [];
  private keeper: Keeper | undefined;

  constructor(private readonly options: LocalStackOptions) {}

  /** Answers when everything is ready. On a failure nothing is left running. */
  async start(): Promise<StackFile> {
    try {
      return await this.open();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.keeper?.stop();
    removeStackFile(this.options.dir);
    await Promise.all(this.processes.map((process) => process.stop()));
    await this.infra?.stop();
  }

  private async open(): Promise<StackFile> {
    const { root, dir, progress, log } = this.options;
    const secrets = secretsIn(dir);
    const infra = await openInfra(root, dir, progress);
    this.infra = infra;
    const databaseUrl = await this.prepare(infra, secrets);
    const [smtpPort = 0, ...free] = await freePorts(SERVICE_NAMES.length + 1);
    const ports = Object.fromEntries(SERVICE_NAMES.map((name, i) => [name, free[i]])) as Record<ServiceName, number>;
    const settings: ServiceSettings = { root, dir, addresses: infra, databaseUrl, secrets, ports };
    const mailFolder = join(dir, 'mails');
    this.processes = [sinkProcess(dir, smtpPort, mailFolder), ...SERVICE_NAMES.map((name) => serviceProcess(name, settings))];
    await this.timed('services', Promise.all(this.processes.map((process) => process.restart())));
    const write = (): StackFile => this.write(settings, { host: '127.0.0.1', port: smtpPort, mailFolder }, infra);
    this.keeper = new Keeper({ log, onRestart: write });
    for (const kept of [...infra.kept, ...this.processes]) this.keeper.add(kept);
    this.keeper.start();
    return write();
  }

  private async prepare(infra: RunningInfra, secrets: StackSecrets): Promise<string> {
    const databaseUrl = await ensureDatabase(infra.postgresAdminUrl, DATABASE);
    await Promise.all([
      this.timed('schemas', migrate(databaseUrl, secrets.databasePassword)),
      this.timed('topics', makeTopics({ ...LOCAL_TOPICS, brokers: infra.kafkaBrokers })),
    ]);
    return databaseUrl;
  }

  private write({ secrets, ports, databaseUrl }: ServiceSettings, smtp: StackFile['smtp'], infra: RunningInfra): StackFile {
    const stack: StackFile = {
      ingestUrl: urlOf(ports['ingest-api']),
      adminUrl: urlOf(ports['campaign-api']),
      serviceUrls: Object.fromEntries(SERVICE_NAMES.map((name) => [name, urlOf(ports[name])])),
      kafkaBrokers: infra.kafkaBrokers,
      postgresUrl: databaseUrl,
      redisUrl: infra.redisUrl,
      smtp,
      orgId: LOCAL_ORG,
      sandbox: LOCAL_SANDBOX,
      apiKey: secrets.apiKey,
      token: secrets.token,
      internalToken: secrets.internalToken,
      processes: [...infra.processes(), ...this.processes.map((process) => process.describe())],
    };
    writeStackFile(this.options.dir, stack);
    return stack;
  }

  private async timed<T>(what: string, work: Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const done = await work;
    this.options.progress(what, performance.now() - startedAt);
    return done;
  }
}

function sinkProcess(dir: string, port: number, mailFolder: string): ServiceProcess {
  return new ServiceProcess({
    name: SINK_NAME,
    script: join(import.meta.dirname, 'smtp-sink.js'),
    args: [String(port), mailFolder],
    logFile: join(dir, 'logs', `${SINK_NAME}.log`),
  });
}
