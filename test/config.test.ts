import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const enough = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_CHANNEL: '#incidents',
  APPROVERS: 'U1, U2',
  NAMESPACES: 'online-boutique',
  PROMETHEUS_URL: 'http://127.0.0.1:9090',
  LOKI_URL: 'http://127.0.0.1:3100',
  WEBHOOK_SENDERS: 'alertmanager:0123456789abcdef,goalert:with:colons:in:it:too',
};
const problemsOf = (env: Record<string, string>): string => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

describe('the configuration', () => {
  it('fills in careful defaults: it asks before it writes, and thinks without a model', () => {
    const config = readConfig(enough);
    expect(config.policy.mode).toBe('supervised');
    expect(config.inference.kind).toBe('none');
    expect(config.webhook.host).toBe('127.0.0.1');
    expect(config.slack).toMatchObject({ channel: 'incidents', approverIds: ['U1', 'U2'] });
    expect(config.webhook.senders[1]).toEqual({ name: 'goalert', secret: 'with:colons:in:it:too' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('lists every problem in one message', () => {
    const message = problemsOf({
      MODE: 'wild',
      WEBHOOK_PORT: '99999999',
      WEBHOOK_SENDERS: 'a:short',
      AUTO_APPROVE_SECONDS: '9000',
    });
    for (const name of [
      'SLACK_BOT_TOKEN',
      'SLACK_CHANNEL',
      'NAMESPACES',
      'PROMETHEUS_URL',
      'LOKI_URL',
      'MODE',
      'WEBHOOK_PORT',
      'WEBHOOK_SENDERS',
      'SLACK_APP_TOKEN',
      'APPROVERS',
      'AUTO_APPROVE_SECONDS',
    ]) {
      expect(message).toContain(name);
    }
  });

  it('takes an empty setting for an absent one', () => {
    expect(problemsOf({ ...enough, SLACK_CHANNEL: ' ' })).toContain('SLACK_CHANNEL is missing');
  });

  it('reads no traces unless it is told where they are', () => {
    expect(readConfig(enough)).not.toHaveProperty('traces');
    expect(readConfig({ ...enough, TRACES_KIND: 'tempo' })).not.toHaveProperty('traces');
    const TRACES_URL = 'http://127.0.0.1:16686';
    expect(readConfig({ ...enough, TRACES_URL }).traces).toEqual({ url: TRACES_URL, kind: 'auto' });
    expect(readConfig({ ...enough, TRACES_URL, TRACES_TOKEN: 'sesame' }).traces).toMatchObject({ token: 'sesame' });
    expect(problemsOf({ ...enough, TRACES_URL: 'jaeger:16686' })).toContain('TRACES_URL');
    expect(problemsOf({ ...enough, TRACES_TOKEN: 'two words' })).toContain('TRACES_TOKEN must be a bearer token');
    expect(problemsOf({ ...enough, TRACES_TOKEN: 'two words' })).not.toContain('two words');
  });

  it('never repeats a secret in its message', () => {
    expect(problemsOf({ ...enough, WEBHOOK_SENDERS: 'UPPER:very-secret-value-0123', MODE: 'x' })).not.toContain(
      'very-secret-value-0123',
    );
  });
});
