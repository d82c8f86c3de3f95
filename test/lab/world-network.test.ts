import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import { commandFate } from '../../src/lab/world/commands.ts';
import { networkRulesOf } from '../../src/lab/world/network-policies.ts';

const end = (app: string, port = 8080) => ({ labels: { app }, ports: [{ name: 'http', port }] });
const policy = (spec: object): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p', namespace: 'shop' },
  spec,
});
const rules = (...specs: readonly object[]) => networkRulesOf(specs.map(policy), { team: 'shop' });
const cart = { podSelector: { matchLabels: { app: 'cart' } } };

describe('network policies', () => {
  it('let everybody through who is not selected', () => {
    expect(rules().allows(end('front'), end('cart'), 8080)).toBe(true);
    expect(rules(cart).allows(end('front'), end('pay'), 8080)).toBe(true);
    expect(rules(cart).allows(end('front'), end('cart'), 8080)).toBe(false);
  });

  it('add up: what one of them lists passes', () => {
    const fromFront = { ...cart, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'front' } } }] }] };
    expect(rules(cart, fromFront).allows(end('front'), end('cart'), 8080)).toBe(true);
    expect(rules(cart, fromFront).allows(end('pay'), end('cart'), 8080)).toBe(false);
    expect(rules({ ...cart, ingress: [{}] }).allows(end('pay'), end('cart'), 8080)).toBe(true);
  });

  it('mean ports by number, by name and by range, and namespaces by label', () => {
    const at = (ports: object) => rules({ ...cart, ingress: [{ ports: [ports] }] }).allows(end('f'), end('cart'), 8080);
    expect([{ port: 8080 }, { port: 'http' }, { port: 8000, endPort: 9000 }, {}].map(at)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([{ port: 80 }, { port: 'grpc' }, { port: 1, endPort: 9 }].map(at)).toEqual([false, false, false]);
    const from = (team: string) =>
      rules({ ...cart, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team } } }] }] });
    expect(from('shop').allows(end('f'), end('cart'), 8080)).toBe(true);
    expect(from('other').allows(end('f'), end('cart'), 8080)).toBe(false);
  });

  it('take names away from who may not ask for them', () => {
    const closed = rules({ ...cart, policyTypes: ['Egress'] });
    expect(closed.mayResolve(end('cart'))).toBe(false);
    expect(closed.allows(end('cart'), end('redis'), 6379)).toBe(false);
    expect(closed.allows(end('front'), end('cart'), 8080)).toBe(true);
    const dns = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } };
    expect(rules({ ...cart, policyTypes: ['Egress'], egress: [{ to: [dns] }] }).mayResolve(end('cart'))).toBe(true);
  });
});

describe('a command', () => {
  const fate = (command: readonly string[], image = 'busybox:1.36') => commandFate({ image, command });

  it('that is not in the image cannot start, one of a shell ends with 127', () => {
    expect(fate(['/bin/nope'])).toMatchObject({
      kind: 'cannot-start',
      message: expect.stringContaining('stat /bin/nope'),
    });
    expect(fate(['nope'])).toMatchObject({ message: expect.stringContaining('executable file not found in $PATH') });
    expect(fate(['sh', '-c', 'nope'])).toMatchObject({ kind: 'exits', exitCode: 127 });
    expect(fate(['/bin/sh'], 'online-boutique/frontend:v0.10.2')).toMatchObject({ kind: 'cannot-start' });
  });

  it('ends as its script says, or never', () => {
    expect(fate(['sh', '-c', 'echo x; exit 3'])).toMatchObject({ kind: 'exits', exitCode: 3, reason: 'Error' });
    expect(fate(['sh', '-c', 'sleep 2 && true'])).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(fate(['sleep', 'infinity'])).toEqual({ kind: 'runs', readyAfterMs: null });
    expect(fate(['sh', '-c', 'until nslookup cart; do sleep 1; done'])).toBeNull();
    expect(fate(['redis-server', '--maxclients', '9'], 'redis:alpine')).toBeNull();
  });
});
