import { command } from './global-setup.mjs';

export default function tearDown() {
  command('down', ...(process.env.KEEP_LOGS ? [] : ['--wipe']));
}
