/**
 * Guarantee: without permission for private addresses no socket is opened to one: a literal in the URL, every address
 * that a name resolves to, and the peer of the connected socket are vetted, in the call that connects. A name that
 * changes its answer between two look-ups gains nothing, because the vetted answer is the one that is connected to.
 * Limits: a name is refused as a whole when one of its addresses is.
 */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress } from './address-vetting.js';

export const CONNECT_TIMEOUT_MS = 5_000;

/** Thrown into the call in place of a connection. */
export class AddressForbidden extends Error {
  constructor() {
    super('The address is not a public one.');
    this.name = AddressForbidden.name;
  }
}

export type Resolve = (host: string, options: LookupOptions, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

const resolveAll: Resolve = (host, options, callback) => lookup(host, { ...options, all: true }, callback);

/** A connector of undici. @param allowPrivate the operator's permission */
export function vettedConnector(allowPrivate: boolean, resolve: Resolve = resolveAll): buildConnector.connector {
  const permits = (address: string): boolean => allowPrivate || isPublicAddress(address);
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, allowH2: false, lookup: vettedLookup(permits, resolve) });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    // The lookup is not asked for literals.
    if (isIP(literal) && !permits(literal)) return callback(new AddressForbidden(), null);
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      if (permits(socket.remoteAddress ?? '')) return callback(null, socket);
      socket.destroy();
      callback(new AddressForbidden(), null);
    });
  };
}

function vettedLookup(permits: (address: string) => boolean, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host, options, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Error('The name has no address.'), '');
      if (!addresses.every(({ address }) => permits(address))) return callback(new AddressForbidden(), '');
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
