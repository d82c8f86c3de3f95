import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const textOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const namesIn = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name);

const example = textOf('.env.example');
const settings = namesIn(textOf('src/config.ts'), /^ {2}([A-Z][A-Z0-9_]+): (?=z|url|seconds|list)/gm);

/** What a person fills in at the very least. */
const filledIn = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_CHANNEL: 'incidents',
  APPROVERS: 'U0BOB0001',
  NAMESPACES: 'shop',
  PROMETHEUS_URL: 'http://prometheus:9090',
  LOKI_URL: 'http://loki:3100',
  WEBHOOK_SENDERS: 'alertmanager:0123456789abcdef',
};

const problemsOf = (env: Readonly<Record<string, string | undefined>>): string => {
  try {
    readConfig(env);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
};

describe('.env.example', () => {
  it('names every setting of the bot once, and no other', () => {
    expect(settings.length).toBeGreaterThan(20);
    expect(namesIn(example, /^#?([A-Z][A-Z0-9_]+)=/gm).toSorted()).toEqual(settings.toSorted());
  });

  it('leaves open exactly the settings that the bot cannot start without', () => {
    const open = Object.keys(parseEnv(example)).toSorted();
    expect(namesIn(problemsOf({}), /^ {2}- ([A-Z_]+) is missing/gm).toSorted()).toEqual(open);
    expect(open).toEqual(Object.keys(filledIn).toSorted());
    expect(problemsOf(parseEnv(example))).toBe(problemsOf({}));
  });

  it('shows the true default of each other setting', () => {
    const shown = parseEnv(example.replaceAll(/^#(?=[A-Z][A-Z0-9_]+=)/gm, ''));
    expect(readConfig({ ...shown, ...filledIn })).toEqual(readConfig(filledIn));
  });

  it('shows a default for every setting that has one', () => {
    const withDefault = namesIn(
      textOf('src/config.ts'),
      /^ {2}([A-Z][A-Z0-9_]+): (?:seconds\(|.*\.default\((?!''\)))/gm,
    );
    const shown = namesIn(example, /^#([A-Z][A-Z0-9_]+)=\S/gm);
    expect(shown.toSorted()).toEqual(withDefault.toSorted());
  });
});
