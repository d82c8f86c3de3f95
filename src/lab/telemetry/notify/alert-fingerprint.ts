import { byText, type Labels } from '../labels.ts';

const prime = 0x100000001b3n;
const offset = 0xcbf29ce484222325n;
const mask = 0xffffffffffffffffn;

/** Alertmanager's fingerprint: FNV-1a, 64 bits, over the sorted labels, each name and value ended by 0xff; 16 hex digits. */
export const alertFingerprint = (labels: Labels): string => {
  const separator = Buffer.from([0xff]);
  const bytes = Object.keys(labels)
    .sort(byText)
    .flatMap((name) => [Buffer.from(name), separator, Buffer.from(labels[name] ?? ''), separator]);
  let hash = offset;
  for (const byte of Buffer.concat(bytes)) hash = ((hash ^ BigInt(byte)) * prime) & mask;
  return hash.toString(16).padStart(16, '0');
};
