import { generate } from 'selfsigned';

/** A certificate for 127.0.0.1 and localhost, and the authority that signed it. */
export interface ServingCertificate {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const validDays = 30;

/** Makes a new authority and a serving certificate; both are for one run only. `nowMs` is the wall clock: clients check the dates. */
export const makeServingCertificate = async (nowMs: number): Promise<ServingCertificate> => {
  const dates = {
    // A day of grace, because clocks of client and server may differ.
    notBeforeDate: new Date(nowMs - 86_400_000),
    notAfterDate: new Date(nowMs + validDays * 86_400_000),
  };
  const authority = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...dates,
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const serving = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...dates,
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { caPem: authority.cert, certPem: serving.cert, keyPem: serving.private };
};
