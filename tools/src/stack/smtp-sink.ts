/** The mail server of the local stack, a process of its own: keeps each mail it accepts as a file. */
import { SmtpSink } from '@postrider/testing';

const [port = '0', mailFolder] = process.argv.slice(2);
const sink = await SmtpSink.start({ port: Number(port), mailFolder, keepInMemory: false });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void sink.stop().finally(() => process.exit(0)));
