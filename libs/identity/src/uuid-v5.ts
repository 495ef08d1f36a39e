import { hash } from 'node:crypto';

const NAMESPACE_BYTES = 16;

export function bytesOfUuid(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/**
 * A name-based UUID: the same namespace and name always give the same id.
 * Source: RFC 9562 §5.5 (SHA-1, version 5).
 *
 * @param namespace the 16 bytes of the namespace's UUID
 */
export function uuidV5(namespace: Buffer, name: string): string {
  const input = Buffer.allocUnsafe(NAMESPACE_BYTES + Buffer.byteLength(name));
  namespace.copy(input);
  input.write(name, NAMESPACE_BYTES);
  const hex = hash('sha1', input, 'hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
