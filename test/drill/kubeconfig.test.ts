import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { impersonating } from '../../src/drill/stage.ts';

it('the bot comes in by the same way in its own name, and its files are found from anywhere', () => {
  const text = `apiVersion: v1
current-context: here
clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:6443', certificate-authority: pki/ca.crt } }]
users:
  - { name: u, user: { client-certificate: pki/u.crt, client-key: /etc/u.key } }
  - { name: empty }
contexts: [{ name: here, context: { cluster: c, user: u } }]
`;
  const written = parse(impersonating(text, '/home/somebody'));
  expect(written).toMatchObject({
    'current-context': 'here',
    clusters: [{ name: 'c', cluster: { 'certificate-authority': '/home/somebody/pki/ca.crt' } }],
    users: [
      {
        user: {
          as: 'system:serviceaccount:sre:ai4all-sre',
          'client-certificate': '/home/somebody/pki/u.crt',
          'client-key': '/etc/u.key',
        },
      },
      { name: 'empty', user: { as: 'system:serviceaccount:sre:ai4all-sre' } },
    ],
    contexts: [{ context: { user: 'u' } }],
  });
});
