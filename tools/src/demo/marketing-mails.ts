import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const ENVELOPE_TO = /^X-Envelope-To: <([^>]*)>/m;
const HEAD_BYTES = 512;

/** How many mails each of these addresses has got since then: files begin with the milliseconds of arrival and the envelope. */
export async function mailsByAddress(folder: string, since: Date, isOurs: (address: string) => boolean): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.eml') || Number.parseInt(file, 10) < since.getTime()) continue;
    const address = ENVELOPE_TO.exec(await headOf(join(folder, file)))?.[1] ?? '';
    if (isOurs(address)) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}

async function headOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
