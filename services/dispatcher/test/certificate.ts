import { execFileSync } from 'node:child_process';

/** A certificate that nobody vouches for, with its key, as one PEM; undefined where there is no `openssl`. */
export function selfSignedCertificate(name: string): string | undefined {
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  try {
    return execFileSync('openssl', ['req', '-x509', ...options, '-keyout', '-', '-out', '-'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
