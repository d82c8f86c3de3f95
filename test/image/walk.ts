// Lets a bot that was put together as the Dockerfile says walk one incident, shut in as manifests/bot shuts it in.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentBeside, laboratorySenders } from '../../src/demo/environment.ts';
import { shopNamespace, startLaboratory } from '../../src/lab/laboratory.ts';

const uid = 10_001;
const manifestsFolder = fileURLToPath(new URL('../../manifests', import.meta.url));
const image = process.argv[2] ?? '';
const dataDir = mkdtempSync(join(dirname(image), 'data-'));
chownSync(dataDir, uid, uid);

/** The whole disk read-only but for the data and an empty /tmp; another user without any privilege. */
const jail = `
  mount --make-rprivate / &&
  mount --bind "$DATA_DIR" "$DATA_DIR" &&
  mount -o remount,bind,ro / &&
  mount -t tmpfs -o size=64m,mode=1777 tmpfs /tmp &&
  cd "$IMAGE" &&
  exec setpriv --reuid=${uid} --regid=${uid} --clear-groups --no-new-privs --bounding-set=-all "$@"`;

type Environment = Readonly<Record<string, string | undefined>>;

const inJail = (command: readonly string[]): ChildProcess =>
  spawn('unshare', ['--mount', 'bash', '-c', jail, 'jail', ...command], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', DATA_DIR: dataDir, IMAGE: image },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

const outcomeOf = (child: ChildProcess): Promise<{ readonly code: number | null; readonly text: string }> =>
  new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('close', (code) => resolve({ code, text }));
  });

const check = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`Not so: ${what}`);
  process.stdout.write(`  ${what}\n`);
};

const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + 240_000; !holds(); await sleep(250)) {
    if (Date.now() > deadline) throw new Error(`${what}: not within four minutes`);
  }
};

/** Megabytes of the bot and of its children, from the kernel. */
const residentMb = (pid: number): number => {
  const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return Math.round(own + children.reduce((sum, child) => sum + residentMb(Number(child)), 0));
};

const checkContents = async (): Promise<void> => {
  const packages = join(image, 'node_modules');
  const strays = ['typescript', 'vitest', '@biomejs', 'playwright-core', 'esbuild', 'tsx'].filter((name) =>
    existsSync(join(packages, name)),
  );
  check(strays.length === 0, 'no development package is in the image');
  check(
    !existsSync(join(image, 'dist/src/lab')) && !existsSync(join(image, 'dist/src/demo.js')),
    'the laboratory is not in the image',
  );
  const files = readdirSync(image, { recursive: true, encoding: 'utf8' });
  check(!files.some((name) => /(^|\/)\.env$|\.db$/.test(name)), 'neither settings nor data are in the image');
  const { code } = await outcomeOf(inJail(['touch', join(image, 'x')]));
  const { text } = await outcomeOf(inJail(['id', '-u']));
  check(code !== 0 && text.trim() === String(uid), 'the image cannot be written to, by a user who is not root');
};

const checkBackup = async (): Promise<void> => {
  const copy = join(dataDir, 'backups/now.db');
  const backup = await outcomeOf(inJail(['node', 'dist/src/backup.js', copy]));
  check(
    backup.code === 0 && /: 1 incidents, .* journal whole/.test(backup.text),
    'a backup is taken while the bot runs',
  );
  const again = join(dataDir, 'again');
  const restore = await outcomeOf(inJail(['env', `DATA_DIR=${again}`, 'node', 'dist/src/restore.js', copy]));
  check(restore.code === 0 && existsSync(join(again, 'bot.db')), 'and restored into an empty folder');
};

interface LogRecord {
  readonly level: number;
  readonly msg?: string;
  readonly url?: string;
}

/** Starts the bot in its jail and waits until it is ready. */
const start = async (env: Environment) => {
  const settings = Object.entries(env).map(([name, value = '']) => `${name}=${value}`);
  const bot = inJail(['env', ...settings, 'node', '--enable-source-maps', 'dist/src/main.js']);
  const ended = outcomeOf(bot);
  const records: LogRecord[] = [];
  if (bot.stdout) createInterface({ input: bot.stdout }).on('line', (line) => records.push(JSON.parse(line)));
  const readyWord = () => records.find(({ msg }) => msg === 'the bot is ready');
  await until('the bot is ready', () => readyWord() !== undefined || bot.exitCode !== null);
  check(readyWord()?.url !== undefined, 'it starts with production packages alone');
  return { bot, ended, records, url: readyWord()?.url ?? '' };
};

const run = async (): Promise<void> => {
  await checkContents();
  const lab = await startLaboratory({ manifestsFolder });
  const kubeconfigPath = join(dataDir, 'kubeconfig.yaml');
  writeFileSync(kubeconfigPath, lab.cluster.kubeconfig('bot'), { mode: 0o644 });
  mkdirSync(join(dataDir, 'backups'));
  chownSync(join(dataDir, 'backups'), uid, uid);
  const { prometheusUrl, lokiUrl } = lab.telemetry;
  const address = {
    slack: lab.slack,
    kubeconfigPath,
    namespace: shopNamespace,
    prometheusUrl,
    lokiUrl,
    chaosUrl: lab.chaosUrl,
  };
  const env = environmentBeside(address, dataDir, { AUTO_APPROVE_SECONDS: '5', VERIFY_STABLE_SECONDS: '3' });

  const { bot, ended, records, url } = await start(env);
  check(!records.some(({ msg }) => msg?.startsWith('FAISS cannot')), 'FAISS is loaded');

  lab.telemetry.addReceiver({
    kind: 'alertmanager',
    url: `${url}/alerts/alertmanager`,
    token: laboratorySenders.alertmanager,
  });
  lab.chaos.inject('crash-loop');
  const postMortems = join(dataDir, 'post-mortems');
  await until('a post-mortem is written', () => existsSync(postMortems) && readdirSync(postMortems).length > 0);
  check(true, 'it walks an incident from alert to post-mortem');
  const channel = lab.slack.channels.incidents;
  const shown = () => lab.slack.messages(channel).flatMap(({ ts }) => lab.slack.thread(channel, ts));
  await until('a chart is shown', () => JSON.stringify(shown()).includes('"slack_file"'));
  check(true, 'and draws a chart, fonts and all');
  check(
    residentMb(bot.pid ?? 0) < 700,
    `its memory is below the limit of its manifest: ${residentMb(bot.pid ?? 0)} MB`,
  );
  await checkBackup();

  bot.kill('SIGTERM');
  check((await ended).code === 0, 'it ends when asked to');
  check(!records.some(({ level }) => level >= 50), 'nothing went wrong on the way');
  const next = await start({ ...env, DATA_DIR: join(dataDir, 'again') });
  next.bot.kill('SIGTERM');
  const isWhole = !next.records.some(({ level }) => level >= 50) && (await next.ended).code === 0;
  check(isWhole, 'another bot starts on what was restored, and finds the journal whole');
  await lab.close();
};

run()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  })
  .finally(() => rmSync(dataDir, { recursive: true, force: true }));
