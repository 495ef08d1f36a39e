/** `node dist/documents/main.js [--accept-breaking]`, in the folder of this library. */
import { writeDocuments } from './write-documents.js';

const refused = writeDocuments(process.cwd(), process.argv.includes('--accept-breaking'));
if (refused.length > 0) {
  const advice = 'Within a version only optional fields may be added: define a new version of the topic (README.md).';
  process.stderr.write(`${refused.join('\n')}\n${advice}\n`);
  process.exitCode = 1;
}
