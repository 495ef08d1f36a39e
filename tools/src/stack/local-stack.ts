/**
 * The whole house on one machine: stores and broker, schemas and topics, a mail sink, every service, and the keeper that
 * starts again what dies.
 * Guarantee: one process owns it; `stop` leaves nothing running, also in the middle of a start. What an owner left that was
 * killed is ended before the next start.
 */
import { join } from 'node:path';
import { ensureDatabase, migrate } from '../migrate/migrate.js';
import { SERVICE_NAMES } from '../schemas.js';
import { endLeftovers } from './background.js';
import { openInfra, type Progress, type RunningInfra } from './infra.js';
import { Keeper } from './keeper.js';
import { portsIn } from './ports.js';
import { secretsIn, type StackSecrets } from './secrets.js';
import { ServiceProcess } from './service-process.js';
import { LOCAL_ORG, LOCAL_SANDBOX, serviceProcess, urlOf, type ServiceSettings } from './services.js';
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
const MOST_STARTS = 3;

export class LocalStack {
  private infra: RunningInfra | undefined;
  private processes: ServiceProcess[] = [];
  private keeper: Keeper | undefined;
  private starting: Promise<StackFile> | undefined;
  private isStopping = false;

  constructor(private readonly options: LocalStackOptions) {}

  /** Answers when everything is ready. On a failure nothing is left running. */
  async start(): Promise<StackFile> {
    this.starting = this.open();
    try {
      return await this.starting;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.keeper?.stop();
    // What is being waited for ends the wait.
    await Promise.all(this.processes.map((process) => process.stop()));
    await this.starting?.catch(() => undefined);
    await this.close();
  }

  private async close(): Promise<void> {
    this.keeper?.stop();
    removeStackFile(this.options.dir);
    await Promise.all(this.processes.map((process) => process.stop()));
    await this.infra?.stop();
  }

  private async open(): Promise<StackFile> {
    const { root, dir, progress, log } = this.options;
    await endLeftovers(dir);
    const ports = await portsIn(join(dir, 'data/ports.json'), ['postgres', 'kafka', 'redis', 'smtp', ...SERVICE_NAMES]);
    const secrets = secretsIn(dir);
    const infra = (this.infra = await openInfra({ root, dir, ports, progress }));
    this.proceed();
    const databaseUrl = await this.prepare(infra, secrets);
    this.proceed();
    const settings: ServiceSettings = { root, dir, addresses: infra, databaseUrl, secrets, ports };
    const smtp = { host: '127.0.0.1', port: ports.smtp, mailFolder: join(dir, 'mails') };
    this.processes = [sinkProcess(dir, smtp), ...SERVICE_NAMES.map((name) => serviceProcess(name, settings))];
    await this.timed('services', Promise.all(this.processes.map((process) => this.startPatiently(process))));
    this.proceed();
    const write = (): StackFile => this.write(settings, smtp, infra);
    this.keeper = new Keeper({ log, onRestart: write });
    for (const kept of [...infra.kept, ...this.processes]) this.keeper.add(kept);
    this.keeper.start();
    return write();
  }

  /** A process may give up on a broker that is new and busy, as it would under any supervisor: it is started again. */
  private async startPatiently(process: ServiceProcess): Promise<void> {
    for (let starts = 1; ; starts += 1) {
      try {
        return await process.restart();
      } catch (error) {
        if (starts === MOST_STARTS || this.isStopping) throw error;
        this.options.log(`${process.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  private proceed(): void {
    if (this.isStopping) throw new Error('The start was interrupted.');
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
      consoleUrl: null,
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
      supervisorPid: process.pid,
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

function sinkProcess(dir: string, { port, mailFolder }: StackFile['smtp']): ServiceProcess {
  return new ServiceProcess({ name: SINK_NAME, script: join(import.meta.dirname, 'smtp-sink.js'), args: [String(port), mailFolder], dir });
}
